package dev.obdbuild.worker;

import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.worker.cachemount.CacheMounts;
import dev.obdbuild.worker.cdi.CdiDevices;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.exec.ExecRunner;
import dev.obdbuild.worker.network.Networks;
import dev.obdbuild.worker.source.git.GitRepositories;
import java.util.concurrent.Semaphore;

/**
 * What all builds of a process work with. Borrowed: closes nothing.
 *
 * @param snapshots the store
 * @param runner runs containers
 * @param cacheMounts folders that outlive builds
 * @param contents computes digests of files
 * @param networks the network of containers that ask for none
 * @param repositories what was fetched from git remotes
 * @param devices of the host, that steps may ask for
 * @param steps one permit for each container that may run at the same time
 */
public record WorkerTools(
    Snapshots snapshots,
    ExecRunner runner,
    CacheMounts cacheMounts,
    ContentDigest contents,
    Networks networks,
    GitRepositories repositories,
    CdiDevices devices,
    Semaphore steps) {

  /** Tools whose containers are in the host's network and get none of its devices. */
  public WorkerTools(
      Snapshots snapshots,
      ExecRunner runner,
      CacheMounts cacheMounts,
      ContentDigest contents,
      Semaphore steps) {
    this(
        snapshots,
        runner,
        cacheMounts,
        contents,
        Networks.ofHost(),
        new GitRepositories(snapshots.paths().gitRepositories()),
        CdiDevices.none(),
        steps);
  }
}

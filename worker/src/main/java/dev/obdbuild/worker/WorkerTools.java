package dev.obdbuild.worker;

import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.worker.cachemount.CacheMounts;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.exec.ExecRunner;
import java.util.concurrent.Semaphore;

/**
 * What all builds of a process work with. Borrowed: closes nothing.
 *
 * @param snapshots the store
 * @param runner runs containers
 * @param cacheMounts folders that outlive builds
 * @param contents computes digests of files
 * @param steps one permit for each container that may run at the same time
 */
public record WorkerTools(
    Snapshots snapshots,
    ExecRunner runner,
    CacheMounts cacheMounts,
    ContentDigest contents,
    Semaphore steps) {}

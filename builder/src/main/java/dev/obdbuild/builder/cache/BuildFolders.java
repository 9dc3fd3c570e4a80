package dev.obdbuild.builder.cache;

import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Op;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.cachemount.CacheMounts;
import dev.obdbuild.worker.cachemount.FolderId;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cache mounts of one build.
 *
 * @param mounts all of this machine
 * @param wanted of all its steps, carried out or not
 * @param used those that steps had mounted
 * @param lease holds what is exported
 */
public record BuildFolders(
    CacheMounts mounts,
    Set<Wanted> wanted,
    Set<FolderId> used,
    Lease lease,
    Cancellation cancellation) {

  /**
   * What a graph tells of a cache mount.
   *
   * @param seeded whether it starts with something; what that is shows when its step is carried out
   */
  public record Wanted(String id, boolean seeded) {

    boolean fits(FolderId folder) {
      return folder.id().equals(id) && folder.initial().isPresent() == seeded;
    }
  }

  public BuildFolders {
    wanted = Set.copyOf(wanted);
    used = Set.copyOf(used);
  }

  /** The cache mounts of all steps of a graph. */
  public static Set<Wanted> of(Graph graph) {
    return graph.vertices().stream()
        .flatMap(
            vertex -> vertex.op() instanceof ExecOp exec ? exec.mounts().stream() : Stream.empty())
        .filter(mount -> mount.kind() instanceof ExecMount.Cache)
        .map(mount -> new Wanted(((ExecMount.Cache) mount.kind()).id(), mount.input() != Op.NONE))
        .collect(Collectors.toSet());
  }
}

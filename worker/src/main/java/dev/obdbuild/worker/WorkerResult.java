package dev.obdbuild.worker;

import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.worker.content.FileTree;
import java.util.Optional;

/** What an operation yields. */
public sealed interface WorkerResult {

  /**
   * A root filesystem, or a part of one.
   *
   * @param changes for a difference: what it is the difference of. The snapshot then holds what was
   *     added on an empty filesystem; what was taken away shows only where it is merged
   */
  record SnapshotResult(Snapshot snapshot, Optional<Changes> changes) implements WorkerResult {

    /** One that is no difference. */
    public SnapshotResult(Snapshot snapshot) {
      this(snapshot, Optional.empty());
    }
  }

  /** Files of the caller; only this build can read them. Its worker closes the tree. */
  record TreeResult(FileTree tree) implements WorkerResult {}

  /** All that changed from one filesystem to another. */
  record Changes(Snapshot lower, Snapshot upper) {}
}

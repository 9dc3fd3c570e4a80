package dev.obdbuild.worker;

import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.worker.content.FileTree;

/** What an operation yields. */
public sealed interface WorkerResult {

  /** A root filesystem, or a part of one. */
  record SnapshotResult(Snapshot snapshot) implements WorkerResult {}

  /** Files of the caller; only this build can read them. Its worker closes the tree. */
  record TreeResult(FileTree tree) implements WorkerResult {}
}

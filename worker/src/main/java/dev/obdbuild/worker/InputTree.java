package dev.obdbuild.worker;

import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerResult.TreeResult;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.MountedTree;
import java.io.IOException;
import java.util.Optional;

/** A result opened for reading; a snapshot stays mounted until this is closed. */
public final class InputTree implements AutoCloseable {

  private final Snapshots snapshots;
  private final FileTree tree;
  private final Optional<MountedView> view;

  private InputTree(Snapshots snapshots, FileTree tree, Optional<MountedView> view) {
    this.snapshots = snapshots;
    this.tree = tree;
    this.view = view;
  }

  static InputTree open(Snapshots snapshots, WorkerResult result) throws IOException {
    return switch (result) {
      case TreeResult local -> new InputTree(snapshots, local.tree(), Optional.empty());
      case SnapshotResult made -> {
        MountedView view = snapshots.view(made.snapshot());
        try {
          FileTree tree =
              snapshots
                  .mountThreads()
                  .call(() -> MountedTree.open(view.path(), made.snapshot().id()));
          yield new InputTree(snapshots, tree, Optional.of(view));
        } catch (IOException | RuntimeException e) {
          try (view) {
            throw e;
          }
        }
      }
    };
  }

  /** The files. To be touched on platform threads only. */
  public FileTree tree() {
    return tree;
  }

  /** Where it is mounted; empty for the caller's own files. */
  Optional<MountedView> view() {
    return view;
  }

  /**
   * Says that what was read is what the snapshot holds.
   *
   * @throws IOException when the device failed a read meanwhile
   */
  public void confirm() throws IOException {
    if (view.isPresent() && view.get().deviceFailure().isPresent()) {
      IOException failure = view.get().deviceFailure().get();
      throw new IOException("reading an input failed: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void close() throws IOException {
    if (view.isPresent()) {
      try (MountedView mounted = view.get()) {
        snapshots
            .mountThreads()
            .call(
                () -> {
                  tree.close();
                  return true;
                });
      }
    }
  }
}

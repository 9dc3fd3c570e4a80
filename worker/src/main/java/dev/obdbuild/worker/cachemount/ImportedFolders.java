package dev.obdbuild.worker.cachemount;

import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.OpContext;
import java.io.IOException;
import java.util.Optional;

/** Folders of cache mounts that were exported elsewhere. Thread-safe. */
@FunctionalInterface
public interface ImportedFolders {

  /**
   * A folder as it was exported. It is only put on record: its blocks are fetched when they are
   * read, where that is possible.
   *
   * @param context is told of a folder that cannot be used, which counts as none
   * @throws IOException when this store cannot record it
   */
  Optional<Snapshot> find(FolderId id, OpContext context) throws IOException;

  /** None at all. */
  static ImportedFolders none() {
    return (id, context) -> Optional.empty();
  }
}

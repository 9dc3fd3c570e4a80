package dev.obdbuild.worker.cachemount;

import dev.obdbuild.snapshots.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What a new folder starts with. */
public interface InitialContent {
  /** Fills {@code folder}, which exists, is empty and has mode 0755. */
  void write(Path folder) throws IOException;

  /** The same folder as it was exported elsewhere, which goes before {@link #write}. */
  default Optional<Snapshot> imported() throws IOException {
    return Optional.empty();
  }
}

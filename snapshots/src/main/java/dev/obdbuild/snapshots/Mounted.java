package dev.obdbuild.snapshots;

import dev.obdbuild.linux.file.Root;
import dev.obdbuild.snapshots.live.LiveReader;
import java.io.IOException;

/** A reader of a snapshot and its top directory, opened. */
final class Mounted implements AutoCloseable {
  private final LiveReader reader;
  private final Root root;

  /** Takes {@code reader} over. On a thread that may touch mounts. */
  Mounted(LiveReader reader) throws IOException {
    this.reader = reader;
    boolean opened = false;
    try {
      root = Root.open(reader.path());
      opened = true;
    } finally {
      if (!opened) {
        reader.close();
      }
    }
  }

  Root root() {
    return root;
  }

  /** Fails when a read of the device failed: what was read is not to be trusted then. */
  void confirm() throws IOException {
    if (reader.failure().isPresent()) {
      IOException failure = reader.failure().get();
      throw new IOException("a read of the device failed: " + failure.getMessage(), failure);
    }
  }

  @Override
  public void close() throws IOException {
    try (reader) {
      root.close();
    }
  }
}

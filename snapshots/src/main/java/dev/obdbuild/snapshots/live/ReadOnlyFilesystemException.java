package dev.obdbuild.snapshots.live;

import java.io.IOException;

/**
 * A snapshot holds a filesystem of a kind that cannot be written: nothing can stand on it as it is.
 */
public final class ReadOnlyFilesystemException extends IOException {
  private static final long serialVersionUID = 1L;

  ReadOnlyFilesystemException(String snapshot, String kind) {
    super("snapshot " + snapshot + " holds an " + kind + " filesystem, which is read-only");
  }
}

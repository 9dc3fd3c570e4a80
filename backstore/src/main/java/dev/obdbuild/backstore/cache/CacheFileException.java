package dev.obdbuild.backstore.cache;

import java.io.IOException;
import java.nio.file.Path;

/** The cache's own files cannot be read or written: the source is still there to be asked. */
final class CacheFileException extends IOException {

  private static final long serialVersionUID = 1;

  CacheFileException(Path file, IOException cause) {
    super("cache file " + file + ": " + cause.getMessage(), cause);
  }
}

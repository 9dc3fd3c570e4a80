package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.RawPath;

/**
 * A path of an operation, taken as absolute and cleaned.
 *
 * @param isDirectory it ended in {@code /} or {@code /.} and so means a directory
 */
record ImagePath(RawPath path, boolean isDirectory) {
  static ImagePath of(String text) {
    return new ImagePath(RawPath.of(text).clean(), text.endsWith("/") || text.endsWith("/."));
  }
}

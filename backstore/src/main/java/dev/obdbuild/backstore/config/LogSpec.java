package dev.obdbuild.backstore.config;

import dev.obdbuild.oci.json.MalformedDocumentException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file for messages.
 *
 * @param maxBytes size at which it is put aside
 * @param files how many there are at most, this one counted
 */
public record LogSpec(Path file, long maxBytes, int files) {
  /** What holds where nothing is said. */
  private static final int MEGABYTES = 10;

  private static final int FILES = 3;

  /** A file of the standard's size and number. */
  public static LogSpec standard(Path file) {
    return new LogSpec(file, (long) MEGABYTES << 20, FILES);
  }

  static Optional<LogSpec> read(Section top) throws MalformedDocumentException {
    Section in = top.section("logConfig");
    long megabytes = Math.max(1, in.number("logSizeMB", MEGABYTES, 0, 1 << 20));
    int files = (int) Math.max(1, in.number("logRotateNum", FILES, 0, 1000));
    Optional<Path> said = in.path("logPath");
    Optional<Path> legacy = top.path("logPath");
    return said.isPresent()
        ? said.map(file -> new LogSpec(file, megabytes << 20, files))
        : legacy.map(LogSpec::standard);
  }
}

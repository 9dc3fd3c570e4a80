package dev.obdbuild.worker.source.http;

import dev.obdbuild.oci.image.Digest;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a download.
 *
 * @param etag the answer's validator; may be empty
 * @param lastModified the answer's header; may be empty
 * @param name the file's name
 */
record HttpRecord(String etag, String lastModified, String name, Digest digest) {

  private static final int LINES = 4;

  boolean canBeValidated() {
    return !etag.isEmpty() || !lastModified.isEmpty();
  }

  /** Weak and strong validators are compared alike, as BuildKit does. */
  static String bare(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }

  String text() {
    return String.join("\n", etag, lastModified, name, digest.toString());
  }

  /** What {@link #text} wrote; empty when it is something else. */
  static Optional<HttpRecord> parse(String text) {
    List<String> lines = List.of(text.split("\n", -1));
    if (lines.size() != LINES) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new HttpRecord(lines.get(0), lines.get(1), lines.get(2), Digest.parse(lines.get(3))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import java.nio.charset.StandardCharsets;

/** Builds the digests of the cache: sha256 of lines, the first of which says what it is. */
final class KeyDigest {

  /** Part of every key: another version of the rules never finds what this one saved. */
  private static final String VERSION = "obd-build solver 1";

  private final StringBuilder text = new StringBuilder();

  private KeyDigest(String kind) {
    text.append(VERSION).append('\n').append(kind).append('\n');
  }

  static KeyDigest of(String kind) {
    return new KeyDigest(kind);
  }

  KeyDigest line(String label, Digest digest) {
    text.append(label).append(' ').append(digest).append('\n');
    return this;
  }

  /** Adds text of any content; its length keeps it apart from what follows. */
  KeyDigest line(String label, String value) {
    text.append(label).append(' ').append(value.length()).append(' ').append(value).append('\n');
    return this;
  }

  Digest digest() {
    return Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The key of one output of a vertex. */
  static Digest output(Digest vertexKey, int index) {
    return of("output").line("vertex", vertexKey).line("index", Integer.toString(index)).digest();
  }

  /** Names a part of an output's content, on any machine. */
  static Digest content(String selector, Digest outputKey) {
    return of("content").line("selector", selector).line("input", outputKey).digest();
  }

  /** Names a part of the content of one very result of this machine. */
  static Digest contentOf(Digest contentKey, String resultId) {
    return of("content of").line("content", contentKey).line("id", resultId).digest();
  }
}

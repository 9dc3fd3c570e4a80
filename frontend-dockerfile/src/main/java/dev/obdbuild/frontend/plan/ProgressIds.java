package dev.obdbuild.frontend.plan;

import dev.obdbuild.oci.image.Digest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Names of progress groups: 25 characters like BuildKit's, but the same in every run. */
final class ProgressIds {
  private static final int LENGTH = 25;

  private ProgressIds() {}

  static String of(String what) {
    Digest digest = Digest.sha256(what.getBytes(StandardCharsets.UTF_8));
    String text = new BigInteger(digest.hex(), 16).toString(36);
    return text.substring(0, Math.min(LENGTH, text.length()));
  }
}

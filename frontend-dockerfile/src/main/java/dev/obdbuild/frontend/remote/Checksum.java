package dev.obdbuild.frontend.remote;

import dev.obdbuild.frontend.DockerfileException;
import java.util.Map;

/** Checks how {@code --checksum} of a download is spelt. */
final class Checksum {
  private static final Map<String, Integer> DIGITS =
      Map.of("sha256", 64, "sha384", 96, "sha512", 128);
  private static final String FORM = "[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+";

  private Checksum() {}

  static void check(String text) throws DockerfileException {
    if (!text.matches(FORM)) {
      throw new DockerfileException("invalid checksum digest format");
    }
    String[] parts = text.split(":", 2);
    Integer digits = DIGITS.get(parts[0]);
    if (digits == null) {
      throw new DockerfileException("unsupported digest algorithm");
    }
    if (parts[1].length() != digits) {
      throw new DockerfileException("invalid checksum digest length");
    }
    if (!parts[1].matches("[0-9a-f]+")) {
      throw new DockerfileException("invalid checksum digest format");
    }
  }
}

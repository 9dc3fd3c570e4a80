package dev.obdbuild.oci.registry;

import java.time.Duration;

/**
 * A token that opens a registry.
 *
 * @param life how long it can be used from now on
 */
public record BearerToken(String value, Duration life) {
  public BearerToken {
    if (!value.matches("[\\x21-\\x7e]+")) {
      throw new IllegalArgumentException("a token with characters that no header may have");
    }
  }

  /** Tells no secret. */
  @Override
  public String toString() {
    return "BearerToken[life=" + life + "]";
  }
}

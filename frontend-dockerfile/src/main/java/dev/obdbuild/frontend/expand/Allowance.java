package dev.obdbuild.frontend.expand;

import dev.obdbuild.frontend.DockerfileException;

/**
 * What the expansions of one Dockerfile may cost, all together. A few nested substitutions can
 * multiply text, which is held several times while it grows, and matching one long text against
 * another takes as many steps as the product of their lengths. Not thread-safe.
 */
final class Allowance {
  private long characters = 16L << 20;
  private long steps = 8L << 20;

  /** Characters that may still be made. */
  long characters() {
    return characters;
  }

  /** Takes off what has been made. */
  void spend(long made) throws DockerfileException {
    characters -= made;
    if (characters < 0) {
      throw new DockerfileException("expansions grow beyond what one Dockerfile may have");
    }
  }

  /** Takes off what matching will cost at most. */
  void match(String value, String pattern) throws DockerfileException {
    steps -= (value.length() + 1L) * (pattern.length() + 1L);
    if (steps < 0) {
      throw new DockerfileException(
          "patterns in substitutions match more text than one Dockerfile may have");
    }
  }
}

package dev.obdbuild.frontend.expand;

import dev.obdbuild.frontend.DockerfileException;

/**
 * What the expansions of one Dockerfile may cost, all together. A few nested substitutions can
 * multiply text, which is held several times while it grows, matching one long text against another
 * takes as many steps as the product of their lengths, and a pattern is prepared in a time that
 * grows with the square of its length. Not thread-safe.
 */
final class Allowance {
  /** Squared characters of a pattern that are prepared in the time of one step of matching. */
  private static final long PREPARED_IN_A_STEP = 64;

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
    long length = pattern.length() + 1L;
    steps -= (value.length() + 1L) * length + length * length / PREPARED_IN_A_STEP;
    if (steps < 0) {
      throw new DockerfileException(
          "patterns in substitutions match more text than one Dockerfile may have");
    }
  }
}

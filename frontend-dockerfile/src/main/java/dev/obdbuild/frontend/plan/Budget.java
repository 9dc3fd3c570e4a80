package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;

/** Bounds what a plan may hold, whatever a Dockerfile multiplies. */
final class Budget {
  private static final long LIMIT = 64L << 20;

  private long left = LIMIT;

  /** Counts bytes, roughly: characters of texts, references of lists. */
  void spend(long amount) throws DockerfileException {
    left -= amount;
    if (left < 0) {
      throw new DockerfileException(
          "environments and histories grow beyond what one Dockerfile may have");
    }
  }
}

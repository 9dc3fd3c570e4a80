package dev.obdbuild.snapshots;

import java.time.Duration;
import java.time.Instant;

/** When filesystems parted, as the times of their files tell it. */
final class History {
  /** How far a file's times may lag behind the clock: a tick of the slowest kernel, and some. */
  private static final Duration CLOCK_LAG = Duration.ofMillis(100);

  private History() {}

  /** The moment before which nothing was changed that came after {@code made}. */
  static Instant before(Instant made) {
    return made.minus(CLOCK_LAG);
  }
}

package dev.obdbuild.linux.file;

import java.time.Instant;

/**
 * A file's time: seconds since 1970, negative before, and nanoseconds 0 to 999,999,999 counted
 * forwards from there.
 */
public record UnixTime(long seconds, int nanos) {
  public UnixTime {
    if (nanos < 0 || nanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds " + nanos + " outside a second");
    }
  }

  /** The same moment as {@code instant}. */
  public static UnixTime of(Instant instant) {
    return new UnixTime(instant.getEpochSecond(), instant.getNano());
  }
}

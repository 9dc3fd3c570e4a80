package dev.obdbuild.builder.history;

import java.time.Duration;

/**
 * How much history is kept: a build that is pinned, or among the newest, or young enough, stays.
 *
 * @param maxAge younger builds stay
 * @param maxEntries the newest this many stay
 */
public record HistoryLimits(Duration maxAge, int maxEntries) {

  /** BuildKit's: 48 hours, 50 builds. */
  public static final HistoryLimits DEFAULT = new HistoryLimits(Duration.ofDays(2), 50);

  public HistoryLimits {
    if (maxAge.isNegative() || maxEntries < 0) {
      throw new IllegalArgumentException(
          "history of " + maxEntries + " entries, at most " + maxAge + " old");
    }
  }
}

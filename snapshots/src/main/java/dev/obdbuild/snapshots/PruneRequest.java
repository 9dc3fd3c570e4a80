package dev.obdbuild.snapshots;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * What to prune.
 *
 * @param filter only records that it accepts go
 * @param all base images and cached blocks of remote layers too, not only results of steps
 * @param keepFor records used within this time stay
 * @param keepBytes stop when the store takes no more than this; 0 prunes all that may go
 */
public record PruneRequest(
    Predicate<UsageRecord> filter, boolean all, Duration keepFor, long keepBytes) {
  /** Everything unused that steps made. */
  public static PruneRequest unused() {
    return new PruneRequest(record -> true, false, Duration.ZERO, 0);
  }

  /** Everything unused, base images too. */
  public static PruneRequest everything() {
    return new PruneRequest(record -> true, true, Duration.ZERO, 0);
  }
}

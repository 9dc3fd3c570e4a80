package dev.obdbuild.snapshots;

import java.util.function.Predicate;

/**
 * What to prune. Policies are a matter of whoever asks: see the builder's usage.
 *
 * @param filter only records that it accepts go
 */
public record PruneRequest(Predicate<UsageRecord> filter) {
  /** Everything unused that steps made. */
  public static PruneRequest unused() {
    return new PruneRequest(record -> !record.base());
  }

  /** Everything unused, base images too. */
  public static PruneRequest everything() {
    return new PruneRequest(record -> true);
  }
}

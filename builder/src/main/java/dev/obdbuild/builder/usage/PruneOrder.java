package dev.obdbuild.builder.usage;

import dev.obdbuild.builder.filter.Filter;
import dev.obdbuild.protos.control.PruneRequest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * What to prune and when to stop. Sizes are bytes, 0 means no such limit; without any of the three
 * everything goes that may.
 *
 * @param kinds only these
 * @param filter only what it chooses
 * @param all internal things too
 * @param keepDuration what was used within this time stays
 * @param reservedSpace never below this much in use
 * @param maxUsedSpace down to this much in use
 * @param minFreeSpace until this much of the disk is free
 */
public record PruneOrder(
    Set<UsageKind> kinds,
    Filter filter,
    boolean all,
    Duration keepDuration,
    long reservedSpace,
    long maxUsedSpace,
    long minFreeSpace) {

  public PruneOrder {
    kinds = Set.copyOf(kinds);
    if (keepDuration.isNegative() || reservedSpace < 0 || maxUsedSpace < 0 || minFreeSpace < 0) {
      throw new IllegalArgumentException(
          "limits of pruning must not be negative: keep %s, reserve %d, use %d, free %d"
              .formatted(keepDuration, reservedSpace, maxUsedSpace, minFreeSpace));
    }
  }

  /** Everything that nobody uses. */
  public static PruneOrder everything() {
    return new PruneOrder(
        EnumSet.allOf(UsageKind.class), Filter.all(), true, Duration.ZERO, 0, 0, 0);
  }

  /**
   * As a client asks.
   *
   * @throws IllegalArgumentException when a filter or a limit is wrong
   */
  public static PruneOrder of(PruneRequest request) {
    return new PruneOrder(
        EnumSet.allOf(UsageKind.class),
        Filter.parse(request.getFilterList()),
        request.getAll(),
        Duration.ofNanos(request.getKeepDuration()),
        request.getReservedSpace(),
        request.getMaxUsedSpace(),
        request.getMinFreeSpace());
  }

  /** Whether it stops at some amount of space. */
  boolean limited() {
    return reservedSpace != 0 || maxUsedSpace != 0 || minFreeSpace != 0;
  }

  /**
   * How many bytes may stay; 0 for none.
   *
   * @param used bytes in use now
   * @param free bytes of the disk that are free now
   */
  long keepBytes(long used, long free) {
    if (!limited()) {
      return 0;
    }
    long keep = maxUsedSpace;
    long missing = minFreeSpace - free;
    if (missing > 0) {
      keep = keep == 0 ? used - missing : Math.min(keep, used - missing);
    } else if (minFreeSpace != 0 && keep == 0) {
      keep = used;
    }
    return Math.max(keep, reservedSpace);
  }
}

package dev.obdbuild.builder.usage;

import dev.obdbuild.builder.filter.Filter;
import dev.obdbuild.protos.types.GCPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/**
 * One rule of the garbage collection; rules are carried out one after the other. The fields are
 * those of {@link PruneOrder}.
 *
 * @param filters as clients write them; none chooses everything
 */
public record GcPolicy(
    boolean all,
    List<String> filters,
    Duration keepDuration,
    DiskSpace reservedSpace,
    DiskSpace maxUsedSpace,
    DiskSpace minFreeSpace) {

  private static final long UNCLAIMED = 512_000_000L;
  private static final long MOST_RESERVED = 10_000_000_000L;
  private static final int RESERVED_PERCENT = 10;
  private static final long MOST_USED = 100_000_000_000L;
  private static final int USED_PERCENT = 80;
  private static final int FREE_PERCENT = 20;

  /**
   * @throws IllegalArgumentException when a filter is wrong
   */
  public GcPolicy {
    filters = List.copyOf(filters);
    Filter.parse(filters);
  }

  /**
   * BuildKit's rules when none are configured: first what is easily made again and unused for two
   * days, then what is unused for 60 days, then anything over the limits, at last internal things
   * too.
   *
   * @param reserved {@link DiskSpace#UNSET} for all three: limits that fit the disk
   */
  public static List<GcPolicy> defaults(
      DiskSpace reserved, DiskSpace maxUsed, DiskSpace minFree, long diskBytes) {
    if (reserved.isUnset() && maxUsed.isUnset() && minFree.isUnset()) {
      return defaults(
          smaller(RESERVED_PERCENT, MOST_RESERVED, diskBytes),
          smaller(USED_PERCENT, MOST_USED, diskBytes),
          DiskSpace.ofPercent(FREE_PERCENT),
          diskBytes);
    }
    return List.of(
        new GcPolicy(
            false,
            List.of("type==source.local", "type==exec.cachemount", "type==source.git.checkout"),
            Duration.ofDays(2),
            DiskSpace.UNSET,
            DiskSpace.ofBytes(UNCLAIMED),
            DiskSpace.UNSET),
        new GcPolicy(false, List.of(), Duration.ofDays(60), reserved, maxUsed, minFree),
        new GcPolicy(false, List.of(), Duration.ZERO, reserved, maxUsed, minFree),
        new GcPolicy(true, List.of(), Duration.ZERO, reserved, maxUsed, minFree));
  }

  private static DiskSpace smaller(int percent, long bytes, long diskBytes) {
    DiskSpace share = DiskSpace.ofPercent(percent);
    return share.toBytes(diskBytes) > bytes ? DiskSpace.ofBytes(bytes) : share;
  }

  /** What it prunes on a disk of that size. */
  public PruneOrder order(long diskBytes) {
    return new PruneOrder(
        EnumSet.allOf(UsageKind.class),
        Filter.parse(filters),
        all,
        keepDuration,
        reservedSpace.toBytes(diskBytes),
        maxUsedSpace.toBytes(diskBytes),
        minFreeSpace.toBytes(diskBytes));
  }

  /** As a worker's record shows it. */
  public GCPolicy message(long diskBytes) {
    return GCPolicy.newBuilder()
        .setAll(all)
        .addAllFilters(filters)
        .setKeepDuration(keepDuration.toNanos())
        .setReservedSpace(reservedSpace.toBytes(diskBytes))
        .setMaxUsedSpace(maxUsedSpace.toBytes(diskBytes))
        .setMinFreeSpace(minFreeSpace.toBytes(diskBytes))
        .build();
  }
}

package dev.obdbuild.llb;

/**
 * Limits of a step's control group; 0 and empty are unset.
 *
 * @param memory bytes
 * @param memorySwap bytes of memory and swap together, -1 for no limit
 * @param cpuShares relative weight
 * @param cpuPeriod microseconds
 * @param cpuQuota microseconds of processors per period
 * @param cpusetCpus processors, such as {@code 0-3,6}
 * @param cpusetMems memory nodes
 */
public record LinuxResources(
    long memory,
    long memorySwap,
    long cpuShares,
    long cpuPeriod,
    long cpuQuota,
    String cpusetCpus,
    String cpusetMems) {

  /** Nothing is limited. */
  public static final LinuxResources NONE = new LinuxResources(0, 0, 0, 0, 0, "", "");
}

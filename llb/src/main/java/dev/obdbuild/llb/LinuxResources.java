package dev.obdbuild.llb;

/** Limits of a step's control group; sizes in bytes, 0 and empty are unset. */
public record LinuxResources(
    long memory,
    long memorySwap,
    long cpuShares,
    long cpuPeriod,
    long cpuQuota,
    String cpusetCpus,
    String cpusetMems) {}

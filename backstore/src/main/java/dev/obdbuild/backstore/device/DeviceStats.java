package dev.obdbuild.backstore.device;

/** What a device has done so far. Counts are of finished requests, sizes in bytes. */
public record DeviceStats(
    long reads,
    long bytesRead,
    long writes,
    long bytesWritten,
    long discards,
    long bytesDiscarded,
    long flushes) {}

package dev.obdbuild.backstore.metrics;

/**
 * How many requests a device has had, and their bytes.
 *
 * @param failures requests that ended in an error
 */
public record DeviceCounts(long reads, long read, long writes, long written, long failures) {}

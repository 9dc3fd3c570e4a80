package dev.obdbuild.backstore.cache;

/**
 * How much of an open blob came from its source.
 *
 * @param size of the blob
 * @param fetched since it was opened; more than its size where blocks were evicted and came again
 */
public record BlobUse(long size, long fetched) {}

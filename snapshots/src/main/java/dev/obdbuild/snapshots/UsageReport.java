package dev.obdbuild.snapshots;

import java.util.List;

/**
 * What the store holds.
 *
 * @param records one per snapshot, oldest first
 * @param blockCacheBytes cached blocks of remote layers
 */
public record UsageReport(List<UsageRecord> records, long blockCacheBytes) {
  /** Bytes of all records and of the block cache. */
  public long total() {
    return records.stream().mapToLong(UsageRecord::size).sum() + blockCacheBytes;
  }
}

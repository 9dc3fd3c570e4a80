package dev.obdbuild.snapshots.check;

import java.util.List;

/**
 * The result of checking a store.
 *
 * @param layers on record
 * @param files read whole, blobs and parts of unsealed layers
 * @param bytes of them
 * @param cached blobs of which the cache keeps something
 * @param cachedBytes kept of those
 * @param findings what was wrong; empty when all is well
 */
public record StoreReport(
    int layers, int files, long bytes, int cached, long cachedBytes, List<Finding> findings) {
  public StoreReport {
    findings = List.copyOf(findings);
  }

  /** Whether all that was wrong, if anything was, has been put right. */
  public boolean whole() {
    return findings.stream().noneMatch(Finding::lost);
  }
}

package dev.obdbuild.backstore.cache;

/**
 * What readers of a block cache got from where so far.
 *
 * @param hits reads that found all they wanted on disk
 * @param misses reads that waited for something that had to be fetched
 * @param hitBytes of readers, from disk
 * @param missBytes of readers, from what was fetched for them or for others at the time
 * @param downloadedBytes fetched in the background to complete blobs
 * @param refetches how often bytes turned out to be wrong and were dropped, to be fetched again
 */
public record CacheCounts(
    long hits, long misses, long hitBytes, long missBytes, long downloadedBytes, long refetches) {

  /** Hits among all reads, 0 to 1; 0 before the first. */
  public double hitRate() {
    return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
  }
}

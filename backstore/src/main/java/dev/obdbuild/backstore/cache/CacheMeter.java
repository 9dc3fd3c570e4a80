package dev.obdbuild.backstore.cache;

import dev.obdbuild.backstore.meter.Latencies;
import dev.obdbuild.backstore.meter.RecentReads;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a block cache does, for all its blobs. Thread-safe. */
public final class CacheMeter {
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder hitBytes = new LongAdder();
  private final LongAdder missBytes = new LongAdder();
  private final LongAdder downloaded = new LongAdder();
  private final LongAdder refetches = new LongAdder();
  private final RecentReads reads = new RecentReads();
  private final RecentReads fetches = new RecentReads();
  private final Latencies fetchTimes = new Latencies();

  /**
   * A read has ended.
   *
   * @param waitedFor bytes of it that had to be fetched
   */
  void read(long bytes, long waitedFor, long nanos) {
    (waitedFor == 0 ? hits : misses).increment();
    hitBytes.add(bytes - waitedFor);
    missBytes.add(waitedFor);
    reads.add(bytes, nanos);
  }

  void fetched(long bytes, long nanos) {
    fetches.add(bytes, nanos);
    fetchTimes.add(nanos);
  }

  void downloaded(long bytes) {
    downloaded.add(bytes);
  }

  void refetched() {
    refetches.increment();
  }

  /** The numbers now. */
  public CacheCounts counts() {
    return new CacheCounts(
        hits.sum(),
        misses.sum(),
        hitBytes.sum(),
        missBytes.sum(),
        downloaded.sum(),
        refetches.sum());
  }

  /** Reads of cached blobs. */
  public RecentReads reads() {
    return reads;
  }

  /** Requests to the blobs' sources. */
  public RecentReads fetches() {
    return fetches;
  }

  /** How long requests to the blobs' sources took. */
  public Latencies fetchTimes() {
    return fetchTimes;
  }
}

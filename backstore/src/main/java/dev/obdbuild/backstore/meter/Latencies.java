package dev.obdbuild.backstore.meter;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** A histogram of durations. Thread-safe. */
public final class Latencies {
  /** Bounds are 2^n microseconds, up to 16 s; the last bucket has none. */
  public static final int BUCKETS = 26;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
  private final LongAdder sumNanos = new LongAdder();

  /** One more. */
  public void add(long nanos) {
    sumNanos.add(nanos);
    long micros = Math.max(1, (nanos + 999) / 1000);
    int bucket = Long.SIZE - Long.numberOfLeadingZeros(micros - 1);
    counts.incrementAndGet(Math.min(bucket, BUCKETS - 1));
  }

  /** Sum of all of them. */
  public long sumNanos() {
    return sumNanos.sum();
  }

  /** Those of at most 2^{@code bucket} microseconds and more than half of that. */
  public long count(int bucket) {
    return counts.get(bucket);
  }
}

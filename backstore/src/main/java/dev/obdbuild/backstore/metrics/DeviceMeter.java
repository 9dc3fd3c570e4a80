package dev.obdbuild.backstore.metrics;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What was asked of devices and how long reads took; cheap from many threads. */
public final class DeviceMeter {
  /** Bounds of the histogram are 2^n microseconds, up to 16 s; the last bucket has none. */
  static final int BUCKETS = 26;

  private final LongAdder reads = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder bytesWritten = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder readNanos = new LongAdder();
  private final AtomicLongArray latency = new AtomicLongArray(BUCKETS);

  /** A read that succeeded. */
  public void read(long bytes, long nanos) {
    reads.increment();
    bytesRead.add(bytes);
    readNanos.add(nanos);
    long micros = Math.max(1, (nanos + 999) / 1000);
    int bucket = Long.SIZE - Long.numberOfLeadingZeros(micros - 1);
    latency.incrementAndGet(Math.min(bucket, BUCKETS - 1));
  }

  /** A write that succeeded. */
  public void written(long bytes) {
    writes.increment();
    bytesWritten.add(bytes);
  }

  /** A request of any kind that failed. */
  public void failed() {
    failures.increment();
  }

  /** The numbers now. */
  public DeviceCounts counts() {
    return new DeviceCounts(
        reads.sum(), bytesRead.sum(), writes.sum(), bytesWritten.sum(), failures.sum());
  }

  long readNanos() {
    return readNanos.sum();
  }

  /** Reads that took at most 2^{@code bucket} microseconds and more than half of that. */
  long latency(int bucket) {
    return latency.get(bucket);
  }
}

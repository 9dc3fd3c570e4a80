package dev.obdbuild.backstore.attach;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What a device was asked for and how long reads took; cheap from many threads. */
final class ServedCounts {
  /** Bounds of the reads' histogram are 2^n microseconds; the last has none. */
  static final int BUCKETS = 24;

  private final LongAdder reads = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder bytesWritten = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder readNanos = new LongAdder();
  private final AtomicLongArray latency = new AtomicLongArray(BUCKETS);

  void read(long bytes, long nanos) {
    reads.increment();
    bytesRead.add(bytes);
    readNanos.add(nanos);
    long micros = Math.max(1, nanos / 1000);
    int bucket = Long.SIZE - Long.numberOfLeadingZeros(micros - 1);
    latency.incrementAndGet(Math.min(bucket, BUCKETS - 1));
  }

  void written(long bytes) {
    writes.increment();
    bytesWritten.add(bytes);
  }

  void failed() {
    failures.increment();
  }

  long readNanos() {
    return readNanos.sum();
  }

  AttachedCounts snapshot(long fetched) {
    return new AttachedCounts(
        reads.sum(), bytesRead.sum(), writes.sum(), bytesWritten.sum(), fetched, failures.sum());
  }

  /** Reads that took at most 2^{@code bucket} microseconds and more than half of that. */
  long latency(int bucket) {
    return latency.get(bucket);
  }
}

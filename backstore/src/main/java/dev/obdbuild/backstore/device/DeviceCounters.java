package dev.obdbuild.backstore.device;

import java.util.concurrent.atomic.LongAdder;

/** Counts the requests of one device; cheap from many threads. */
final class DeviceCounters {
  private final LongAdder reads = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder bytesWritten = new LongAdder();
  private final LongAdder discards = new LongAdder();
  private final LongAdder bytesDiscarded = new LongAdder();
  private final LongAdder flushes = new LongAdder();

  void read(long bytes) {
    reads.increment();
    bytesRead.add(bytes);
  }

  void written(long bytes) {
    writes.increment();
    bytesWritten.add(bytes);
  }

  void discarded(long bytes) {
    discards.increment();
    bytesDiscarded.add(bytes);
  }

  void flushed() {
    flushes.increment();
  }

  DeviceStats stats() {
    return new DeviceStats(
        reads.sum(),
        bytesRead.sum(),
        writes.sum(),
        bytesWritten.sum(),
        discards.sum(),
        bytesDiscarded.sum(),
        flushes.sum());
  }
}

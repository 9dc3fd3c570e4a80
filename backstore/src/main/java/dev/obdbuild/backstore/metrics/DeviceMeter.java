package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.meter.Latencies;
import java.util.concurrent.atomic.LongAdder;

/** What was asked of devices and how long reads took; cheap from many threads. */
public final class DeviceMeter {
  private final LongAdder reads = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder bytesWritten = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final Latencies readTimes = new Latencies();

  /** A read has begun, to which {@link #ended} belongs. */
  public void begun() {
    inFlight.increment();
  }

  /** A read has ended, well or not. */
  public void ended() {
    inFlight.decrement();
  }

  /** Reads under way. */
  long inFlight() {
    return inFlight.sum();
  }

  /** A read that succeeded. */
  public void read(long bytes, long nanos) {
    reads.increment();
    bytesRead.add(bytes);
    readTimes.add(nanos);
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

  Latencies readTimes() {
    return readTimes;
  }
}

package dev.obdbuild.backstore.meter;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Reads of the last minute, by the second, and the bytes of all that ever were. Thread-safe. */
public final class RecentReads {
  private static final int SECONDS = 60;

  private final LongSupplier nanoTime;
  private final LongAdder total = new LongAdder();

  /** A ring; the second that is being filled is one more. */
  private final Slot[] slots = new Slot[SECONDS + 1];

  /** One second. */
  private static final class Slot {
    private long second = Long.MIN_VALUE;
    private long reads;
    private long bytes;
    private long longestNanos;

    synchronized void add(long now, long length, long nanos) {
      if (second != now) {
        second = now;
        reads = 0;
        bytes = 0;
        longestNanos = 0;
      }
      reads++;
      bytes += length;
      longestNanos = Math.max(longestNanos, nanos);
    }

    synchronized Summary addTo(Summary sum, long oldest, long newest) {
      return second < oldest || second > newest
          ? sum
          : new Summary(
              sum.reads + reads, sum.bytes + bytes, Math.max(sum.longestNanos, longestNanos));
    }
  }

  /** Sums of a minute. */
  private record Summary(long reads, long bytes, long longestNanos) {}

  /** With the system's clock. */
  public RecentReads() {
    this(System::nanoTime);
  }

  RecentReads(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot();
    }
  }

  /** A read that has just ended. */
  public void add(long bytes, long nanos) {
    total.add(bytes);
    long second = second();
    slots[Math.floorMod(second, slots.length)].add(second, bytes, nanos);
  }

  private long second() {
    return TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
  }

  private Summary lastMinute() {
    long now = second();
    Summary sum = new Summary(0, 0, 0);
    for (Slot slot : slots) {
      sum = slot.addTo(sum, now - SECONDS, now - 1);
    }
    return sum;
  }

  /** Bytes of all reads. */
  public long totalBytes() {
    return total.sum();
  }

  /** Mean of the last minute. */
  public long bytesPerSecond() {
    return lastMinute().bytes() / SECONDS;
  }

  /** Mean of the last minute. */
  public double readsPerSecond() {
    return (double) lastMinute().reads() / SECONDS;
  }

  /** The longest of the last minute. */
  public long longestMicros() {
    return TimeUnit.NANOSECONDS.toMicros(lastMinute().longestNanos());
  }
}

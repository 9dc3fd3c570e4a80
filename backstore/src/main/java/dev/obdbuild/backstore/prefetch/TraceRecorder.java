package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Notes reads of layers in their order, until it is stopped or full. A read that goes on where the
 * last one of its layer ended makes one record with it. Thread-safe.
 */
public final class TraceRecorder {
  /** So many fit in a file of 12 MiB. */
  private static final int MAX_RECORDS = 500_000;

  private static final long MAX_LENGTH = 1 << 20;

  private final List<TraceRecord> records = new ArrayList<>();
  private boolean stopped;

  /**
   * Notes a read.
   *
   * @param layer 0 is the bottom one
   * @param offset in the unwrapped, decompressed layer
   */
  public synchronized void read(int layer, long offset, long length) {
    if (stopped) {
      return;
    }
    TraceRecord last = records.isEmpty() ? null : records.getLast();
    boolean goesOn =
        last != null
            && last.layer() == layer
            && last.offset() + last.length() == offset
            && last.length() + length <= MAX_LENGTH;
    if (goesOn) {
      records.set(
          records.size() - 1, new TraceRecord(layer, last.offset(), last.length() + length));
    } else if (records.size() < MAX_RECORDS) {
      records.add(new TraceRecord(layer, offset, length));
    }
  }

  /** Takes note of nothing more. */
  public synchronized void stop() {
    stopped = true;
  }

  /** What was noted so far. */
  public synchronized List<TraceRecord> records() {
    return List.copyOf(records);
  }
}

package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Notes reads of layers in their order, until it is stopped or full. A read that goes on where the
 * last one of its layer ended makes one record with it. Thread-safe.
 *
 * <p>Layers are numbered as in the first stack that it is shown; reads of others are not noted.
 */
public final class TraceRecorder {
  /** So many fit in a file of 12 MiB. */
  private static final int MAX_RECORDS = 500_000;

  private static final long MAX_LENGTH = 1 << 20;

  private final List<TraceRecord> records = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private boolean stopped;

  /** Numbers layers, unless that has been done; 0 is the bottom one. */
  synchronized void number(List<Layer> layers) {
    if (numbers.isEmpty()) {
      for (int i = 0; i < layers.size(); i++) {
        numbers.put(layers.get(i).name(), i);
      }
    }
  }

  /**
   * Notes a read.
   *
   * @param offset in the unwrapped, decompressed layer
   */
  synchronized void read(Layer from, long offset, long length) {
    Integer layer = numbers.get(from.name());
    if (stopped || layer == null) {
      return;
    }
    TraceRecord last = records.isEmpty() ? null : records.getLast();
    if (last != null && goesOn(last, layer, offset, length)) {
      records.set(
          records.size() - 1, new TraceRecord(layer, last.offset(), last.length() + length));
    } else if (records.size() < MAX_RECORDS) {
      records.add(new TraceRecord(layer, offset, length));
    }
  }

  private static boolean goesOn(TraceRecord last, int layer, long offset, long length) {
    return last.layer() == layer
        && last.offset() + last.length() == offset
        && last.length() + length <= MAX_LENGTH;
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

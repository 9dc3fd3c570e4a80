package dev.obdbuild.overlaybd.lsmt;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects segments in ascending order into a {@link SegmentIndex}. */
final class SegmentBuilder {
  /** Joined segments stay well inside an int. */
  private static final int MAX_LENGTH = 1 << 30;

  private final boolean coalesce;
  private int size;
  private long[] starts;
  private int[] lengths;
  private long[] maps;
  private short @Nullable [] sources;

  /**
   * With {@code coalesce}, neighbours that are contiguous on the device and in one file become one
   * segment.
   */
  SegmentBuilder(int capacity, boolean coalesce) {
    this.coalesce = coalesce;
    int first = Math.max(8, capacity);
    this.starts = new long[first];
    this.lengths = new int[first];
    this.maps = new long[first];
  }

  int size() {
    return size;
  }

  /** Virtual sector after the last segment so far. */
  long end() {
    return size == 0 ? 0 : starts[size - 1] + lengths[size - 1];
  }

  /**
   * The caller keeps the order; {@code map} is a file sector with or without {@link
   * SegmentIndex#ZEROED}.
   */
  void add(long start, int length, long map, int source) {
    if (coalesce && size > 0 && joins(start, length, map, source)) {
      lengths[size - 1] += length;
      return;
    }
    if (size == starts.length) {
      grow();
    }
    if (source != 0 && sources == null) {
      sources = new short[starts.length];
    }
    starts[size] = start;
    lengths[size] = length;
    maps[size] = map;
    if (sources != null) {
      sources[size] = (short) source;
    }
    size++;
  }

  private boolean joins(long start, int length, long map, int source) {
    int last = size - 1;
    boolean zeroed = (map & SegmentIndex.ZEROED) != 0;
    boolean lastZeroed = (maps[last] & SegmentIndex.ZEROED) != 0;
    return end() == start
        && zeroed == lastZeroed
        && (zeroed
            || (maps[last] + lengths[last] == map
                && (sources == null ? 0 : sources[last] & 0xFFFF) == source))
        && (long) lengths[last] + length <= MAX_LENGTH;
  }

  private void grow() {
    int capacity = starts.length + (starts.length >> 1);
    starts = Arrays.copyOf(starts, capacity);
    lengths = Arrays.copyOf(lengths, capacity);
    maps = Arrays.copyOf(maps, capacity);
    if (sources != null) {
      sources = Arrays.copyOf(sources, capacity);
    }
  }

  SegmentIndex build() {
    boolean exact = size > starts.length - starts.length / 8;
    return new SegmentIndex(
        size,
        exact ? starts : Arrays.copyOf(starts, size),
        exact ? lengths : Arrays.copyOf(lengths, size),
        exact ? maps : Arrays.copyOf(maps, size),
        sources == null ? null : Arrays.copyOf(sources, size));
  }
}

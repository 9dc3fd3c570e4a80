package dev.obdbuild.overlaybd.lsmt;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sorted, disjoint segments of a virtual device and where their data lies. Immutable; 22 bytes or
 * less per segment.
 *
 * <p>A lookup costs one step through a table of buckets of equal width and a short search in one
 * bucket, so it stays near constant whatever the number of segments; in the worst distribution it
 * is a binary search.
 */
public final class SegmentIndex {
  /** No segments. */
  public static final SegmentIndex EMPTY = new SegmentBuilder(0, false).build();

  /** In {@link #maps}: nothing is stored, the segment reads as zeros. */
  static final long ZEROED = 1L << 55;

  private static final long FILE_SECTOR = ZEROED - 1;

  private final int size;
  private final long[] starts;
  private final int[] lengths;
  private final long[] maps;
  private final short @Nullable [] sources;
  private final short constantSource;
  private final int shift;
  private final int[] buckets;

  SegmentIndex(int size, long[] starts, int[] lengths, long[] maps, short @Nullable [] sources) {
    this.size = size;
    this.starts = starts;
    this.lengths = lengths;
    this.maps = maps;
    this.sources = sources;
    this.constantSource = 0;
    long end = endSector();
    int shiftBits = 0;
    while ((end >>> shiftBits) >= Math.max(16, Math.min(2L * size, 4 << 20))) {
      shiftBits++;
    }
    this.shift = shiftBits;
    this.buckets = buckets(end);
  }

  private SegmentIndex(SegmentIndex other, short source) {
    this.size = other.size;
    this.starts = other.starts;
    this.lengths = other.lengths;
    this.maps = other.maps;
    this.sources = null;
    this.constantSource = source;
    this.shift = other.shift;
    this.buckets = other.buckets;
  }

  /**
   * Entry k is the first segment that ends beyond the start of bucket k; one entry more than there
   * are buckets.
   */
  private int[] buckets(long end) {
    int[] table = new int[(int) (end >>> shift) + 2];
    int segment = 0;
    for (int k = 0; k < table.length; k++) {
      long from = (long) k << shift;
      while (segment < size && starts[segment] + lengths[segment] <= from) {
        segment++;
      }
      table[k] = segment;
    }
    return table;
  }

  /** Number of segments. */
  public int size() {
    return size;
  }

  /**
   * The first segment that ends beyond {@code sector}, or {@link #size()}; it may start beyond it
   * too.
   */
  public int find(long sector) {
    long bucket = sector >>> shift;
    if (bucket >= buckets.length - 1) {
      return size;
    }
    int low = buckets[(int) bucket];
    int high = buckets[(int) bucket + 1];
    while (high - low > 4) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= sector) {
        low = middle;
      } else {
        high = middle;
      }
    }
    while (low < high && starts[low] + lengths[low] <= sector) {
      low++;
    }
    return low;
  }

  /** First virtual sector of segment {@code i}. */
  public long start(int i) {
    return starts[i];
  }

  /** Length of segment {@code i} in sectors. */
  public int length(int i) {
    return lengths[i];
  }

  /** Virtual sector after segment {@code i}. */
  public long end(int i) {
    return starts[i] + lengths[i];
  }

  /** Whether segment {@code i} reads as zeros and stores nothing. */
  public boolean zeroed(int i) {
    return (maps[i] & ZEROED) != 0;
  }

  /** First sector of segment {@code i} in the layer's file; without meaning for a zeroed one. */
  public long fileSector(int i) {
    return maps[i] & FILE_SECTOR;
  }

  /**
   * Which layer of a merged index segment {@code i} comes from, 0 = bottom; 0 in the index of one
   * layer.
   */
  public int source(int i) {
    return (sources == null ? constantSource : sources[i]) & 0xFFFF;
  }

  /** File sector and zeroed bit in one word. */
  long map(int i) {
    return maps[i];
  }

  /** Virtual sector after the last segment; 0 if there is none. */
  public long endSector() {
    return size == 0 ? 0 : starts[size - 1] + lengths[size - 1];
  }

  /** Sectors that store data. */
  public long dataSectors() {
    long sum = 0;
    for (int i = 0; i < size; i++) {
      sum += zeroed(i) ? 0 : lengths[i];
    }
    return sum;
  }

  /** The same segments, all from the given layer of a stack. */
  SegmentIndex from(int source) {
    return new SegmentIndex(this, (short) source);
  }

  /**
   * What a reader sees who asks {@code this} first and then {@code lower}. Linear in both sizes.
   */
  SegmentIndex over(SegmentIndex lower, boolean coalesce) {
    SegmentBuilder out = new SegmentBuilder(size + lower.size, coalesce);
    long position = 0;
    int below = 0;
    for (int i = 0; i < size; i++) {
      below = lower.copyRange(below, position, starts[i], out);
      out.add(starts[i], lengths[i], maps[i], source(i));
      position = end(i);
    }
    lower.copyRange(below, position, Long.MAX_VALUE, out);
    return out.build();
  }

  /**
   * Adds what lies in [from, to), beginning with segment i; returns the first segment that may
   * reach beyond.
   */
  private int copyRange(int i, long from, long to, SegmentBuilder out) {
    int at = i;
    while (at < size && starts[at] < to) {
      long start = Math.max(starts[at], from);
      long end = Math.min(end(at), to);
      if (start < end) {
        long map = zeroed(at) ? maps[at] : maps[at] + (start - starts[at]);
        out.add(start, (int) (end - start), map, source(at));
      }
      if (end(at) > to) {
        return at;
      }
      at++;
    }
    return at;
  }

  /** The same view in fewer segments: neighbours joined, zeroed ones dropped if asked. */
  SegmentIndex compact(boolean dropZeroed) {
    SegmentBuilder out = new SegmentBuilder(size, true);
    for (int i = 0; i < size; i++) {
      if (!dropZeroed || !zeroed(i)) {
        out.add(starts[i], lengths[i], maps[i], source(i));
      }
    }
    return out.build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SegmentIndex that
        && size == that.size
        && Arrays.equals(starts, 0, size, that.starts, 0, size)
        && Arrays.equals(lengths, 0, size, that.lengths, 0, size)
        && Arrays.equals(maps, 0, size, that.maps, 0, size);
  }

  @Override
  public int hashCode() {
    return 31 * size + (int) endSector();
  }

  @Override
  public String toString() {
    return size + " segments up to sector " + endSector();
  }
}

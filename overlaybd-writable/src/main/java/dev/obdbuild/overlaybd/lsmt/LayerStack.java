package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The merged view of layers, top wins. Immutable and thread-safe. One flat index over all layers
 * plus a small second one for layers added later, so a read costs at most two lookups whatever the
 * number of layers.
 *
 * <p>Borrows the layers: closing a stack closes nothing.
 */
public final class LayerStack implements BlockFile {
  /** Above this, and above a quarter of the flat index, the second level is merged into it. */
  private static final int SMALL = 4096;

  /** Segments of one stack, about 22 bytes of heap each. */
  private static final long MAX_SEGMENTS = 12_000_000;

  private final List<Layer> layers;
  private final long virtualSize;
  private final SegmentIndex flat;
  private final SegmentIndex recent;

  private LayerStack(List<Layer> layers, long virtualSize, SegmentIndex flat, SegmentIndex recent) {
    this.layers = layers;
    this.virtualSize = virtualSize;
    this.flat = flat;
    this.recent = recent;
  }

  /**
   * Merges layers, given from bottom to top, to a device of {@code virtualSize} bytes.
   *
   * @throws UncheckedIOException if the indexes together exceed the memory budget; names the layer
   *     that does
   */
  public static LayerStack of(List<Layer> bottomFirst, long virtualSize) {
    if (virtualSize < 0 || bottomFirst.size() > 0xFFFF) {
      throw new IllegalArgumentException(
          bottomFirst.size() + " layers, virtual size " + virtualSize);
    }
    long total = 0;
    List<SegmentIndex> indexes = new ArrayList<>();
    for (Layer layer : bottomFirst) {
      total += layer.index().size();
      checkBudget(total, layer);
      indexes.add(layer.index().from(indexes.size()));
    }
    SegmentIndex merged = StackMerge.merge(indexes, true).compact(true);
    return new LayerStack(List.copyOf(bottomFirst), virtualSize, merged, SegmentIndex.EMPTY);
  }

  /** As above, with the size that the topmost layer with a size states; 0 if none states one. */
  public static LayerStack of(List<Layer> bottomFirst) {
    long size = 0;
    for (Layer layer : bottomFirst) {
      size = layer.virtualSize() == 0 ? size : layer.virtualSize();
    }
    return of(bottomFirst, size);
  }

  private static void checkBudget(long total, Layer layer) {
    if (total > MAX_SEGMENTS) {
      throw new UncheckedIOException(
          new FormatException(
              layer.name(),
              "LSMT index",
              0,
              "with its "
                  + layer.index().size()
                  + " segments the stack has "
                  + total
                  + ", at most "
                  + MAX_SEGMENTS
                  + " fit in memory"));
    }
  }

  /**
   * This stack with one more layer on top, and of its size if it states one. Shares the flat index;
   * costs as much as the layers added since it.
   */
  public LayerStack plus(Layer top) {
    if (layers.size() == 0xFFFF) {
      throw new IllegalArgumentException("a stack holds at most 65535 layers");
    }
    checkBudget((long) flat.size() + recent.size() + top.index().size(), top);
    List<Layer> more = new ArrayList<>(layers);
    more.add(top);
    SegmentIndex both = top.index().from(layers.size()).over(recent, true);
    long size = top.virtualSize() == 0 ? virtualSize : top.virtualSize();
    if (both.size() > Math.max(SMALL, flat.size() / 4)) {
      return new LayerStack(
          List.copyOf(more), size, both.over(flat, true).compact(true), SegmentIndex.EMPTY);
    }
    return new LayerStack(List.copyOf(more), size, flat, both);
  }

  /** The layers, bottom first. */
  public List<Layer> layers() {
    return layers;
  }

  @Override
  public long size() {
    return virtualSize;
  }

  /** Never fails for a range beyond {@link #size()}: what no layer stores reads as zeros. */
  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset);
    }
    StackRead.fill(this, offset, dst);
  }

  @Override
  public void evict(long offset, long length) throws IOException {
    visit(
        offset,
        length,
        new ExtentVisitor() {
          @Override
          public void data(long at, long bytes, Layer layer, long fileOffset) throws IOException {
            layer.data().evict(fileOffset, bytes);
          }

          @Override
          public void zeros(long at, long bytes) {}
        });
  }

  /**
   * Walks the pieces of a range in ascending order; neighbouring pieces may continue one another.
   */
  public void visit(long offset, long length, ExtentVisitor visitor) throws IOException {
    if (recent.size() == 0) {
      visitFlat(offset, offset + length, visitor);
      return;
    }
    long at = offset;
    long end = offset + length;
    for (int i = recent.find(at >> Sectors.SHIFT); i < recent.size() && at < end; i++) {
      long start = recent.start(i) << Sectors.SHIFT;
      if (start >= end) {
        break;
      }
      if (start > at) {
        visitFlat(at, start, visitor);
        at = start;
      }
      at = emit(recent, i, at, end, visitor);
    }
    if (at < end) {
      visitFlat(at, end, visitor);
    }
  }

  private void visitFlat(long from, long end, ExtentVisitor visitor) throws IOException {
    long at = from;
    for (int i = flat.find(at >> Sectors.SHIFT); i < flat.size() && at < end; i++) {
      long start = flat.start(i) << Sectors.SHIFT;
      if (start >= end) {
        break;
      }
      if (start > at) {
        visitor.zeros(at, start - at);
        at = start;
      }
      at = emit(flat, i, at, end, visitor);
    }
    if (at < end) {
      visitor.zeros(at, end - at);
    }
  }

  private long emit(SegmentIndex index, int i, long at, long end, ExtentVisitor visitor)
      throws IOException {
    long stop = Math.min(end, index.end(i) << Sectors.SHIFT);
    if (index.zeroed(i)) {
      visitor.zeros(at, stop - at);
    } else {
      long skipped = at - (index.start(i) << Sectors.SHIFT);
      visitor.data(
          at,
          stop - at,
          layers.get(index.source(i)),
          (index.fileSector(i) << Sectors.SHIFT) + skipped);
    }
    return stop;
  }

  /**
   * Whether any byte of the range is stored by a layer and not hidden by a zeroed record above it.
   */
  public boolean hasData(long offset, long length) {
    boolean[] found = new boolean[1];
    try {
      visit(
          offset,
          length,
          new ExtentVisitor() {
            @Override
            public void data(long at, long bytes, Layer layer, long fileOffset) {
              found[0] = true;
            }

            @Override
            public void zeros(long at, long bytes) {}
          });
    } catch (IOException e) {
      throw new UncheckedIOException("an index lookup does no I/O", e);
    }
    return found[0];
  }

  @Override
  public void close() {}
}

package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What both kinds of writable layer share: the data file, the index in memory, and how the two are
 * read.
 */
final class LayerState {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  final SparseFile data;
  final LayerIdentity identity;
  final String name;
  private volatile long virtualSize;
  private volatile SectorMap map;
  private volatile boolean ended;

  LayerState(SparseFile data, long virtualSize, LayerIdentity identity, String name) {
    if (virtualSize < 0) {
      throw new IllegalArgumentException("virtual size " + virtualSize);
    }
    this.data = data;
    this.virtualSize = virtualSize;
    this.identity = identity;
    this.name = name;
    this.map = new SectorMap(virtualSize >> Sectors.SHIFT);
  }

  SectorMap map() {
    return map;
  }

  long virtualSize() {
    return virtualSize;
  }

  void inheritVirtualSize(long size) {
    if (virtualSize != 0) {
      throw new IllegalStateException(name + " has a virtual size, " + virtualSize);
    }
    virtualSize = size;
    map = new SectorMap(size >> Sectors.SHIFT);
  }

  static void writeVirtualSize(SparseFile file, long size) throws IOException {
    MemorySegment word = MemorySegment.ofArray(new byte[Long.BYTES]);
    word.set(LONG, 0, size);
    file.write(LsmtHeader.VIRTUAL_SIZE_AT, word);
  }

  void requireOpen() {
    if (ended) {
      throw new IllegalStateException(name + " is frozen or closed");
    }
  }

  /** False if it had ended before. */
  boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  void checkRange(long offset, long length) {
    Sectors.checkAligned(offset, length);
    if (length > virtualSize - offset) {
      throw new IllegalArgumentException(
          name + ": range " + offset + "+" + length + " is past the device's size " + virtualSize);
    }
  }

  void read(long offset, MemorySegment dst, LayerStack below) throws IOException {
    Sectors.checkAligned(offset, dst.byteSize());
    if (dst.byteSize() == MapChunk.BLOCK_BYTES && offset % MapChunk.BLOCK_BYTES == 0) {
      long at = map.block(offset >> Sectors.SHIFT);
      if (at >= 0) {
        readRun(offset, dst, at, below);
        return;
      }
    }
    map.visit(
        offset >> Sectors.SHIFT,
        dst.byteSize() >> Sectors.SHIFT,
        (sector, count, at) -> {
          long start = sector << Sectors.SHIFT;
          readRun(start, dst.asSlice(start - offset, count << Sectors.SHIFT), at, below);
        });
  }

  private void readRun(long offset, MemorySegment dst, long at, LayerStack below)
      throws IOException {
    if (at == 0) {
      below.read(offset, dst);
    } else if ((at & SegmentIndex.ZEROED) != 0) {
      dst.fill((byte) 0);
    } else {
      data.read(at << Sectors.SHIFT, dst);
    }
  }

  /**
   * Removes a range from the index; where {@code below} has data, a zeroed record with {@code
   * fileSector} stays.
   */
  void discard(long offset, long length, LayerStack below, long fileSector) throws IOException {
    below.visit(
        offset,
        length,
        new ExtentVisitor() {
          @Override
          public void data(long at, long bytes, Layer layer, long fileOffset) {
            map.put(at >> Sectors.SHIFT, bytes >> Sectors.SHIFT, fileSector, true, false);
          }

          @Override
          public void zeros(long at, long bytes) {
            map.clear(at >> Sectors.SHIFT, bytes >> Sectors.SHIFT);
          }
        });
  }

  Layer layer(SegmentIndex index) {
    return new Layer(name, virtualSize, identity.uuid(), identity.parentUuid(), "", index, data);
  }
}

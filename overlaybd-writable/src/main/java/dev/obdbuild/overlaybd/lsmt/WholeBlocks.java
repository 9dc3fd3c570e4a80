package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Changes a sparse layer so that the holes of its file go on telling all: whole blocks of 4 KiB are
 * stored or none of the block, and a discard stores zeros where a layer below has data.
 *
 * <p>A file is allocated in blocks. One sector written into a hole would, after a reopen, hide the
 * other seven of the layer below behind zeros; and a hole made by a discard would show what lies
 * below it. A block goes to the file in one write: between two the kernel may write it to disk.
 * Thread-safe as {@link WritableLayer} is.
 */
final class WholeBlocks {
  private static final int BLOCK = MapChunk.BLOCK_BYTES;
  private static final long STEP = 64 << 10;

  private final LayerState state;

  /** Held for every change that ends inside a block: others may change the rest of it meanwhile. */
  private final ReentrantLock partial = new ReentrantLock();

  WholeBlocks(LayerState state) {
    this.state = state;
  }

  void write(long offset, MemorySegment src, LayerStack below) throws IOException {
    boolean whole = lock(offset, src.byteSize());
    try {
      overlay(offset, src, below);
    } finally {
      unlock(whole);
    }
  }

  void discard(long offset, long length, LayerStack below) throws IOException {
    boolean whole = lock(offset, length);
    try {
      below.visit(
          offset,
          length,
          new ExtentVisitor() {
            @Override
            public void data(long at, long bytes, Layer layer, long fileOffset) throws IOException {
              zero(at, bytes, below);
            }

            @Override
            public void zeros(long at, long bytes) throws IOException {
              state.map().clear(at >> Sectors.SHIFT, bytes >> Sectors.SHIFT);
              state.data.punch(Sectors.HEADER_BYTES + at, bytes);
            }
          });
    } finally {
      unlock(whole);
    }
  }

  private boolean lock(long offset, long length) {
    boolean whole = ((offset | length) & (BLOCK - 1)) == 0;
    if (!whole) {
      partial.lock();
    }
    return whole;
  }

  private void unlock(boolean whole) {
    if (!whole) {
      partial.unlock();
    }
  }

  private void zero(long offset, long length, LayerStack below) throws IOException {
    MemorySegment zeros = MemorySegment.ofArray(new byte[(int) Math.min(STEP, length)]);
    for (long at = offset; at < offset + length; ) {
      long stop = Math.min(offset + length, (at + STEP) & -STEP);
      overlay(at, zeros.asSlice(0, stop - at), below);
      at = stop;
    }
  }

  /** Stores {@code src}, with what its first and last block show beside it. */
  private void overlay(long offset, MemorySegment src, LayerStack below) throws IOException {
    long end = offset + src.byteSize();
    for (long at = offset; at < end; ) {
      long block = at & -BLOCK;
      long wholeEnd = end & -BLOCK;
      long stop = at == block && at < wholeEnd ? wholeEnd : Math.min(end, block + BLOCK);
      MemorySegment part = src.asSlice(at - offset, stop - at);
      if (at == block && (stop & (BLOCK - 1)) == 0) {
        store(at, part);
      } else {
        long shown = Math.min(BLOCK, state.virtualSize() - block);
        MemorySegment all = MemorySegment.ofArray(new byte[(int) shown]);
        state.read(block, all, below);
        MemorySegment.copy(part, 0, all, at - block, part.byteSize());
        store(block, all);
      }
      at = stop;
    }
  }

  private void store(long offset, MemorySegment src) throws IOException {
    state.data.write(Sectors.HEADER_BYTES + offset, src);
    long sector = offset >> Sectors.SHIFT;
    state
        .map()
        .put(sector, src.byteSize() >> Sectors.SHIFT, Sectors.FIRST_DATA + sector, false, false);
  }
}

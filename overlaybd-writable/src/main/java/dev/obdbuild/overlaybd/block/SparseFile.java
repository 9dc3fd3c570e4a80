package dev.obdbuild.overlaybd.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A file that can be written anywhere and gives space back. Thread-safe for writes, reads and
 * punches of disjoint ranges.
 */
public interface SparseFile extends BlockFile {

  /** Writes all of {@code src} at {@code offset}; grows {@link #size()} when it ends beyond it. */
  void write(long offset, MemorySegment src) throws IOException;

  /**
   * Makes a range read as zeros and frees its space where whole blocks are covered; never changes
   * {@link #size()}.
   */
  void punch(long offset, long length) throws IOException;

  /** Returns when everything written before is on stable storage. */
  void force() throws IOException;
}

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

  /** Cuts off what lies at or after {@code size}; a file that is not longer stays as it is. */
  void truncate(long size) throws IOException;

  /**
   * Returns when everything written before is on stable storage. After it failed once nobody knows
   * what of that is: implementations over a disk must not succeed any more then.
   */
  void force() throws IOException;
}

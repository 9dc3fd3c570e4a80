package dev.obdbuild.overlaybd.block;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Random-access bytes. Offsets and lengths are bytes and need no alignment. Thread-safe.
 *
 * <p>Does not buffer, cache or read ahead unless the implementation says so.
 */
public interface BlockFile extends Closeable {

  /** Length in bytes. Constant unless the file is a {@link SparseFile}. */
  long size();

  /**
   * Fills {@code dst} wholly with the bytes from {@code offset} on.
   *
   * @throws EOFException if the range ends past {@link #size()}; nothing is then promised of {@code
   *     dst}
   */
  void read(long offset, MemorySegment dst) throws IOException;

  /**
   * Says that a range is read next, in pieces perhaps: a file whose bytes come from far away begins
   * to fetch all of it at once. Waits for nothing; what cannot be fetched shows when it is read.
   */
  default void expect(long offset, long length) throws IOException {}

  /**
   * Forgets cached copies of a range, so that the next read fetches it again from its source. A
   * reader calls this once when a checksum does not match; a file without a cache does nothing.
   */
  default void evict(long offset, long length) throws IOException {}
}

package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.AllocatedExtents;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A layer that is being written. All offsets and lengths are multiples of 512 and lie inside {@link
 * #virtualSize()}.
 *
 * <p>Thread-safe for concurrent reads, writes and discards of disjoint ranges; of overlapping ones
 * either result may be seen. {@link #freeze}, {@link #seal} and {@link #close} want none in flight.
 * What is mapped where is kept in memory and is never asked of the file. Owns its files until it is
 * frozen.
 *
 * @throws IllegalArgumentException (all) for a range that is unaligned or outside the device
 * @throws IllegalStateException (all that change something) after freeze or close
 */
public sealed interface WritableLayer extends Closeable permits SparseLayer, LogLayer {

  /**
   * Opens a pair of files for further writing; the header of {@code data} tells which kind of layer
   * it is. Takes over both files; a sparse layer needs no index and closes it.
   *
   * @param extents of {@code data}
   * @throws dev.obdbuild.overlaybd.block.FormatException if it is no writable layer; the files are
   *     then the caller's to close
   */
  static WritableLayer open(
      SparseFile data, SparseFile index, AllocatedExtents extents, String name) throws IOException {
    if (!LsmtHeader.read(data, 0, name, "LSMT data header").has(LsmtHeader.SPARSE)) {
      return LogLayer.open(data, index, name);
    }
    WritableLayer layer = SparseLayer.open(data, extents, name);
    index.close();
    return layer;
  }

  /** Size of the device in bytes. */
  long virtualSize();

  /** Header uuids. */
  LayerIdentity identity();

  /** Stores all of {@code src}; on a failure any part of it may be stored. */
  void write(long offset, MemorySegment src) throws IOException;

  /**
   * As above, for a layer that will be opened again from its files alone: what is stored around
   * {@code src} for their sake shows what {@code below} has.
   */
  void write(long offset, MemorySegment src, LayerStack below) throws IOException;

  /**
   * Drops what is stored. The range becomes zeros: nothing where {@code below} has nothing, else a
   * zeroed record.
   */
  void discard(long offset, long length, LayerStack below) throws IOException;

  /** Fills {@code dst} with own data, zeros where zeroed, else with what {@code below} has. */
  void read(long offset, MemorySegment dst, LayerStack below) throws IOException;

  /** What is stored now; a copy. */
  SegmentIndex segments();

  /** Bytes of live data: what a commit would copy. */
  long storedBytes();

  /**
   * Writes all to stable storage: what was written and discarded before is there after a power cut.
   * A build has no use for it.
   */
  void force() throws IOException;

  /**
   * Ends writing. The returned layer owns the files, reads them where they are and can be read at
   * once; closing this object afterwards does nothing.
   */
  Layer freeze() throws IOException;

  /**
   * Ends writing and appends index and trailer to the data file, which {@link Layer#open} can then
   * open.
   */
  Layer seal() throws IOException;

  /**
   * Gives a layer that was made without a size the size of the device it is used on, in memory and
   * in its headers.
   *
   * @throws IllegalStateException if it has a size
   */
  void inheritVirtualSize(long size) throws IOException;
}

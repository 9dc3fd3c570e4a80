package dev.obdbuild.backstore.device;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A block device in this process: what an exporter serves. All offsets and lengths are bytes,
 * multiples of {@link #sectorSize}, and lie inside {@link #size}.
 *
 * <p>Thread-safe. Of overlapping requests under way at once either result may be seen, sector by
 * sector. Does not buffer: what is written is read at once, through any exporter and through this
 * object.
 */
public interface BlockDevice extends Closeable {

  /** Size in bytes, a multiple of {@link #sectorSize}; never changes. */
  long size();

  /** Smallest unit of access in bytes: 512 or 4096. */
  int sectorSize();

  /**
   * Fills {@code dst}. What was never written, or was discarded, reads as zeros.
   *
   * @throws IOException also after {@link #close}, as for all calls
   */
  void read(long offset, MemorySegment dst) throws IOException;

  /**
   * Whether a read of this range could wait for something slower than a local disk. Exporters keep
   * a thread free then. An answer is a hint, costs no I/O and never fails.
   */
  default boolean mayWait(long offset, long length) {
    return false;
  }

  /**
   * Stores all of {@code src}; on a failure any part may be stored.
   *
   * @throws ReadOnlyDeviceException if the device takes no writes at all
   */
  void write(long offset, MemorySegment src) throws IOException;

  /** What the device makes of a request for durability; nothing, for a build's device. */
  void flush() throws IOException;

  /** Makes a range read as zeros and gives up its space where that is possible. */
  void discard(long offset, long length) throws IOException;

  /**
   * Told by an exporter that a request went unanswered or that the device was cut off, so that
   * whoever uses the device learns of it although no call here failed. Never fails.
   */
  default void fail(IOException reason) {}
}

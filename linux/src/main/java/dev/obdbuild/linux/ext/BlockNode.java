package dev.obdbuild.linux.ext;

import dev.obdbuild.linux.sys.Descriptor;
import dev.obdbuild.linux.sys.LinuxException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A block device node, opened for its ioctls. Offsets and lengths are bytes, multiples of the
 * sector size.
 */
public final class BlockNode implements AutoCloseable {
  private static final long BLKFLSBUF = 0x1261;
  private static final long BLKSSZGET = 0x1268;
  private static final long BLKDISCARD = 0x1277;
  private static final long BLKZEROOUT = 0x127F;
  private static final long BLKGETSIZE64 = 0x80081272L;

  private final Descriptor node;

  private BlockNode(Descriptor node) {
    this.node = node;
  }

  /** Opens for reading and writing. */
  public static BlockNode open(Path node) throws LinuxException {
    return new BlockNode(Descriptor.readWrite(node));
  }

  /** Opens for reading; the calls that change the device then fail. */
  public static BlockNode openReadOnly(Path node) throws LinuxException {
    return new BlockNode(Descriptor.read(node));
  }

  /** Writes dirty pages of the node's own cache out and drops the cache. */
  public void flushBuffers() throws LinuxException {
    node.ioctl("BLKFLSBUF", BLKFLSBUF, 0);
  }

  /** Size in bytes. */
  public long size() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 8);
      node.ioctl("BLKGETSIZE64", BLKGETSIZE64, size.address());
      return size.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Logical sector size in bytes. */
  public int sectorSize() throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(4, 4);
      node.ioctl("BLKSSZGET", BLKSSZGET, size.address());
      return size.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /** Tells the device that a range is not needed. */
  public void discard(long offset, long length) throws LinuxException {
    range("BLKDISCARD", BLKDISCARD, offset, length);
  }

  /** Has a range read as zeros. */
  public void zero(long offset, long length) throws LinuxException {
    range("BLKZEROOUT", BLKZEROOUT, offset, length);
  }

  private void range(String call, long request, long offset, long length) throws LinuxException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment range = arena.allocate(16, 8);
      range.set(ValueLayout.JAVA_LONG, 0, offset);
      range.set(ValueLayout.JAVA_LONG, 8, length);
      node.ioctl(call + "(" + offset + "+" + length + ")", request, range.address());
    }
  }

  @Override
  public void close() throws LinuxException {
    node.close();
  }
}

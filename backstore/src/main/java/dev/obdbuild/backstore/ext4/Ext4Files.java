package dev.obdbuild.backstore.ext4;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** An ext4 filesystem on a device, read inode by inode. Thread-safe; borrows the device. */
public final class Ext4Files {
  /** The top directory. */
  public static final int ROOT = 2;

  private static final int SUPERBLOCK = 1024;
  private static final int MAGIC = 0xEF53;
  private static final int META_BLOCK_GROUPS = 0x10;
  private static final int SIZES_OF_64_BITS = 0x80;

  private final BlockFile device;
  private final int blockSize;
  private final long firstBlock;
  private final long inodesPerGroup;
  private final long inodes;
  private final int inodeSize;
  private final int descriptorSize;

  private Ext4Files(BlockFile device, ByteBuffer superblock) throws FormatException {
    this.device = device;
    int log = superblock.getInt(24);
    inodes = Integer.toUnsignedLong(superblock.getInt(0));
    firstBlock = Integer.toUnsignedLong(superblock.getInt(20));
    inodesPerGroup = Integer.toUnsignedLong(superblock.getInt(40));
    inodeSize = Short.toUnsignedInt(superblock.getShort(88));
    int features = superblock.getInt(96);
    boolean large = (features & SIZES_OF_64_BITS) != 0;
    descriptorSize = large ? Short.toUnsignedInt(superblock.getShort(254)) : 32;
    if (log < 0 || log > 6 || inodesPerGroup == 0 || firstBlock > 1) {
      throw wrong(SUPERBLOCK, "superblock", "its numbers are impossible");
    }
    blockSize = 1024 << log;
    if (inodeSize < 128
        || inodeSize > blockSize
        || descriptorSize < (large ? 64 : 32)
        || descriptorSize > blockSize) {
      throw wrong(
          SUPERBLOCK,
          "superblock",
          "inodes of " + inodeSize + ", descriptors of " + descriptorSize);
    }
    if ((features & META_BLOCK_GROUPS) != 0) {
      throw wrong(SUPERBLOCK, "superblock", "meta block groups are not supported");
    }
  }

  /**
   * Reads the superblock.
   *
   * @return nothing if there is no ext4 filesystem
   */
  public static Optional<Ext4Files> open(BlockFile device) throws IOException {
    if (device.size() < 2 * SUPERBLOCK) {
      return Optional.empty();
    }
    ByteBuffer superblock = read(device, SUPERBLOCK, 1024);
    return Short.toUnsignedInt(superblock.getShort(56)) == MAGIC
        ? Optional.of(new Ext4Files(device, superblock))
        : Optional.empty();
  }

  int blockSize() {
    return blockSize;
  }

  /** The inode of a number. */
  Inode inode(long number) throws IOException {
    if (number < 1 || number > inodes) {
      throw wrong(0, "inode " + number, "there are " + inodes);
    }
    long group = (number - 1) / inodesPerGroup;
    long at = (firstBlock + 1) * blockSize + group * descriptorSize;
    ByteBuffer descriptor = bytes(at, descriptorSize);
    long table = Integer.toUnsignedLong(descriptor.getInt(8));
    if (descriptorSize >= 64) {
      table |= Integer.toUnsignedLong(descriptor.getInt(40)) << 32;
    }
    long offset = (number - 1) % inodesPerGroup * inodeSize;
    if (table > device.size() / blockSize) {
      throw wrong(at, "group descriptor " + group, "inode table at block " + table);
    }
    return new Inode(this, number, bytes(table * blockSize + offset, 128));
  }

  /** Bytes of the device; fails where it has none. */
  ByteBuffer bytes(long offset, int length) throws IOException {
    if (offset < 0 || length > device.size() - offset) {
      throw wrong(offset, "block", length + " bytes lie past the device's end");
    }
    return read(device, offset, length);
  }

  private static ByteBuffer read(BlockFile device, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    device.read(offset, MemorySegment.ofArray(bytes));
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  FormatException wrong(long offset, String structure, String problem) {
    return new FormatException("ext4", structure, offset, problem);
  }
}

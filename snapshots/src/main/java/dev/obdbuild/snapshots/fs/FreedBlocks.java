package dev.obdbuild.snapshots.fs;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a layer stores although the filesystem holds it for free: files that a step wrote and
 * deleted again.
 *
 * <p>Read from the block bitmaps, not asked of the kernel by FITRIM: that leaves out what its
 * allocator has set aside (up to 2 MiB for each processor, often just the blocks freed before),
 * costs a request per free run, and knows nothing of what the layer stores. Only groups whose
 * bitmap the layer wrote are looked at, since in no other can anything have been freed; so no block
 * of a lazy base is fetched for this.
 */
public final class FreedBlocks {
  /** A range of device bytes. */
  public record Range(long offset, long length) {}

  private static final int SECTOR = 512;
  private static final int BLOCK_UNINIT = 2;

  private final Superblock superblock;
  private final BlockFile device;
  private final SegmentIndex written;
  private final byte[] descriptors;

  private FreedBlocks(Superblock superblock, BlockFile device, SegmentIndex written)
      throws IOException {
    this.superblock = superblock;
    this.device = device;
    this.written = written;
    this.descriptors = new byte[Math.toIntExact(superblock.groups() * superblock.descriptorSize())];
    device.read(
        (superblock.firstBlock() + 1) * superblock.blockSize(), MemorySegment.ofArray(descriptors));
  }

  /**
   * Ranges that the layer stores in free blocks, in ascending order, multiples of a sector.
   *
   * @param device the clean filesystem, layer included
   * @param written what the layer stores
   */
  public static List<Range> of(Superblock superblock, BlockFile device, SegmentIndex written)
      throws IOException {
    // Clusters and scattered descriptors are rare and only cost space.
    return superblock.plainBitmaps()
        ? new FreedBlocks(superblock, device, written).find()
        : List.of();
  }

  private List<Range> find() throws IOException {
    List<Range> found = new ArrayList<>();
    Bitmap bitmap = new Bitmap(-1, new byte[0]);
    int blockSize = superblock.blockSize();
    for (int i = 0; i < written.size(); i++) {
      if (written.zeroed(i)) {
        continue;
      }
      long at = written.start(i) * SECTOR;
      long end = Math.min(written.end(i) * SECTOR, superblock.size());
      while (at < end) {
        long block = at / blockSize;
        long next = Math.min((block + 1) * blockSize, end);
        long group = superblock.groupOf(block);
        if (bitmap.group != group) {
          bitmap = bitmap(group);
        }
        if (bitmap.free(block - superblock.firstBlockOf(group))) {
          add(found, at, next - at);
        }
        at = next;
      }
    }
    return found;
  }

  private static void add(List<Range> ranges, long offset, long length) {
    if (!ranges.isEmpty()) {
      Range last = ranges.getLast();
      if (last.offset + last.length == offset) {
        ranges.set(ranges.size() - 1, new Range(last.offset, last.length + length));
        return;
      }
    }
    ranges.add(new Range(offset, length));
  }

  /** The bitmap of a group; one without free blocks when nothing there can have been freed. */
  private Bitmap bitmap(long group) throws IOException {
    if (group < 0 || group >= superblock.groups()) {
      return new Bitmap(group, new byte[0]);
    }
    int size = superblock.descriptorSize();
    ByteBuffer descriptor =
        ByteBuffer.wrap(descriptors, Math.toIntExact(group * size), size)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    long block = Integer.toUnsignedLong(descriptor.getInt(0));
    if (size >= 64) {
      block |= Integer.toUnsignedLong(descriptor.getInt(0x20)) << 32;
    }
    boolean uninitialised = (descriptor.getShort(0x12) & BLOCK_UNINIT) != 0;
    long offset = block * superblock.blockSize();
    if (uninitialised || block >= superblock.blocks() || !stored(offset)) {
      return new Bitmap(group, new byte[0]);
    }
    byte[] bits = new byte[superblock.blockSize()];
    device.read(offset, MemorySegment.ofArray(bits));
    return new Bitmap(group, bits);
  }

  private boolean stored(long offset) {
    long sector = offset / SECTOR;
    int i = written.find(sector);
    return i < written.size() && written.start(i) <= sector && !written.zeroed(i);
  }

  private record Bitmap(long group, byte[] bits) {
    boolean free(long block) {
      return block >= 0
          && block < bits.length * 8L
          && (bits[(int) (block >> 3)] & 1 << (block & 7)) == 0;
    }
  }
}

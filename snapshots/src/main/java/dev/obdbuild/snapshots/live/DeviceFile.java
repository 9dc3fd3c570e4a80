package dev.obdbuild.snapshots.live;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The bytes of a device as a file, in whole blocks underneath. Closing it closes nothing. */
record DeviceFile(BlockDevice device) implements BlockFile {
  private static final int BLOCK = 4096;

  @Override
  public long size() {
    return device.size();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    long from = offset / BLOCK * BLOCK;
    long to = Math.min(device.size(), (offset + dst.byteSize() + BLOCK - 1) / BLOCK * BLOCK);
    if (from == offset && to == offset + dst.byteSize()) {
      device.read(offset, dst);
      return;
    }
    MemorySegment blocks = MemorySegment.ofArray(new byte[Math.toIntExact(to - from)]);
    device.read(from, blocks);
    MemorySegment.copy(blocks, offset - from, dst, 0, dst.byteSize());
  }

  @Override
  public void close() {}
}

package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Two files in one range of addresses, the second at the first whole sector after the first. The
 * second reads as zeros up to a whole sector. Owns both.
 */
final class JoinedFile implements BlockFile {
  private final BlockFile first;
  private final BlockFile second;

  JoinedFile(BlockFile first, BlockFile second) {
    this.first = first;
    this.second = second;
  }

  long secondStart() {
    return roundUp(first.size());
  }

  private static long roundUp(long bytes) {
    return (bytes + Sectors.SIZE - 1) & -Sectors.SIZE;
  }

  @Override
  public long size() {
    return secondStart() + roundUp(second.size());
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    if (offset < secondStart()) {
      first.read(offset, dst);
      return;
    }
    long at = offset - secondStart();
    long there = Math.max(0, Math.min(dst.byteSize(), second.size() - at));
    if (dst.byteSize() - there >= Sectors.SIZE) {
      second.read(at, dst);
      return;
    }
    second.read(at, dst.asSlice(0, there));
    dst.asSlice(there).fill((byte) 0);
  }

  @Override
  public void expect(long offset, long length) throws IOException {
    if (offset < secondStart()) {
      first.expect(offset, length);
    } else {
      long at = offset - secondStart();
      second.expect(at, Math.clamp(second.size() - at, 0, length));
    }
  }

  @Override
  public void close() throws IOException {
    try (first;
        second) {
      return;
    }
  }
}

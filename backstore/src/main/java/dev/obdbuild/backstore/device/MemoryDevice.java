package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;

/**
 * A device whose bytes are an array: for tests and measurements of exporters. Its size is at most 2
 * GiB.
 */
public final class MemoryDevice implements BlockDevice {
  private final byte[] bytes;
  private final MemorySegment memory;
  private final int sectorSize;
  private volatile boolean closed;

  /** All zeros. */
  public MemoryDevice(int size, int sectorSize) {
    if (sectorSize != 512 && sectorSize != 4096 || size <= 0 || size % sectorSize != 0) {
      throw new IllegalArgumentException("size " + size + ", sectors of " + sectorSize);
    }
    this.bytes = new byte[size];
    this.memory = MemorySegment.ofArray(bytes);
    this.sectorSize = sectorSize;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public int sectorSize() {
    return sectorSize;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    dst.copyFrom(range(offset, dst.byteSize()));
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    range(offset, src.byteSize()).copyFrom(src);
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    range(offset, length).fill((byte) 0);
  }

  private MemorySegment range(long offset, long length) throws IOException {
    requireOpen();
    Sectors.check(this, offset, length);
    return memory.asSlice(offset, length);
  }

  @Override
  public void flush() throws IOException {
    requireOpen();
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}

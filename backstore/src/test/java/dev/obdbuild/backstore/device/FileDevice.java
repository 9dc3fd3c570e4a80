package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A device over a file that outlives the process which serves it. From a chosen offset on, requests
 * never end.
 */
final class FileDevice implements BlockDevice {
  private final HostSparseFile file;
  private final long size;
  private final long stall;
  private final CountDownLatch never = new CountDownLatch(1);
  private final AtomicLong stalled = new AtomicLong();

  FileDevice(Path path, long size, long stall) throws IOException {
    this.file = HostSparseFile.open(path);
    this.size = size;
    this.stall = stall;
  }

  private void pass(long offset) throws IOException {
    if (offset >= stall) {
      System.out.println("stalled " + stalled.incrementAndGet());
      try {
        never.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int sectorSize() {
    return 4096;
  }

  @Override
  public boolean mayWait(long offset, long length) {
    return offset >= stall;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    pass(offset);
    long there = Math.clamp(file.size() - offset, 0, dst.byteSize());
    if (there > 0) {
      file.read(offset, dst.asSlice(0, there));
    }
    dst.asSlice(there).fill((byte) 0);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    pass(offset);
    file.write(offset, src);
  }

  @Override
  public void flush() throws IOException {
    file.force();
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    pass(offset);
    long there = Math.clamp(file.size() - offset, 0, length);
    if (there > 0) {
      file.punch(offset, there);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

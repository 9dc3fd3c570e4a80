package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;

/** A device whose requests from a chosen offset on never end; it says a line for each of them. */
final class StallingDevice extends WrappedDevice {
  private final long stall;
  private final CountDownLatch never = new CountDownLatch(1);

  StallingDevice(BlockDevice device, long stall) {
    super(device);
    this.stall = stall;
  }

  private void pass(long offset) throws IOException {
    if (offset >= stall) {
      System.out.println("stalled");
      try {
        never.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  @Override
  public boolean mayWait(long offset, long length) {
    return offset >= stall;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    pass(offset);
    super.read(offset, dst);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    pass(offset);
    super.write(offset, src);
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    pass(offset);
    super.discard(offset, length);
  }
}

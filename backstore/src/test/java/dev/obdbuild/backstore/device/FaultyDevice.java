package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Another device whose requests at chosen offsets fail or wait. Says of every read that it may
 * wait.
 */
final class FaultyDevice implements BlockDevice {
  private final BlockDevice device;
  private final Map<Long, Trap> traps = new ConcurrentHashMap<>();

  private record Trap(CountDownLatch reached, CountDownLatch release) {}

  private volatile long failing = -1;

  FaultyDevice(BlockDevice device) {
    this.device = device;
  }

  /** Everything at this offset fails from now on. */
  void failAt(long offset) {
    failing = offset;
  }

  /** Reads at this offset wait for {@code release}. @return opens when one has come */
  CountDownLatch blockAt(long offset, CountDownLatch release) {
    Trap trap = new Trap(new CountDownLatch(1), release);
    traps.put(offset, trap);
    return trap.reached();
  }

  private void check(long offset) throws IOException {
    if (offset == failing) {
      throw new IOException("planted failure at " + offset);
    }
  }

  @Override
  public boolean mayWait(long offset, long length) {
    return true;
  }

  @Override
  public long size() {
    return device.size();
  }

  @Override
  public int sectorSize() {
    return device.sectorSize();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    check(offset);
    Trap trap = traps.get(offset);
    if (trap != null) {
      trap.reached().countDown();
      try {
        trap.release().await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    device.read(offset, dst);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    check(offset);
    device.write(offset, src);
  }

  @Override
  public void flush() throws IOException {
    device.flush();
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    check(offset);
    device.discard(offset, length);
  }

  @Override
  public void close() throws IOException {
    device.close();
  }
}

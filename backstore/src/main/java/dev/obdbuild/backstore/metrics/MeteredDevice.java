package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.device.BlockDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A device whose requests are counted, its own and those of all. Closing it closes the device. */
final class MeteredDevice implements BlockDevice {
  private final BlockDevice device;
  private final DeviceMeter own;
  private final DeviceMeter all;

  MeteredDevice(BlockDevice device, DeviceMeter own, DeviceMeter all) {
    this.device = device;
    this.own = own;
    this.all = all;
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
    long begun = System.nanoTime();
    try {
      device.read(offset, dst);
    } catch (IOException | RuntimeException | Error e) {
      failed();
      throw e;
    }
    long nanos = System.nanoTime() - begun;
    own.read(dst.byteSize(), nanos);
    all.read(dst.byteSize(), nanos);
  }

  @Override
  public boolean mayWait(long offset, long length) {
    return device.mayWait(offset, length);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    try {
      device.write(offset, src);
    } catch (IOException | RuntimeException | Error e) {
      failed();
      throw e;
    }
    own.written(src.byteSize());
    all.written(src.byteSize());
  }

  @Override
  public void flush() throws IOException {
    device.flush();
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    device.discard(offset, length);
  }

  private void failed() {
    own.failed();
    all.failed();
  }

  @Override
  public void fail(IOException reason) {
    device.fail(reason);
  }

  @Override
  public void close() throws IOException {
    device.close();
  }
}

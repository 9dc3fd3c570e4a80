package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A device whose requests are counted, its own and those of all. Closing it closes the device. */
final class MeteredDevice extends WrappedDevice {
  private final DeviceMeter own;
  private final DeviceMeter all;

  MeteredDevice(BlockDevice device, DeviceMeter own, DeviceMeter all) {
    super(device);
    this.own = own;
    this.all = all;
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    long begun = System.nanoTime();
    begun();
    try {
      super.read(offset, dst);
    } catch (IOException | RuntimeException | Error e) {
      failed();
      throw e;
    } finally {
      ended();
    }
    long nanos = System.nanoTime() - begun;
    own.read(dst.byteSize(), nanos);
    all.read(dst.byteSize(), nanos);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    try {
      super.write(offset, src);
    } catch (IOException | RuntimeException | Error e) {
      failed();
      throw e;
    }
    own.written(src.byteSize());
    all.written(src.byteSize());
  }

  private void begun() {
    own.begun();
    all.begun();
  }

  private void ended() {
    own.ended();
    all.ended();
  }

  private void failed() {
    own.failed();
    all.failed();
  }
}

package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A device that hands every request on to another one, which it closes with itself. */
public abstract class WrappedDevice implements BlockDevice {
  private final BlockDevice device;

  /**
   * @param device what is asked
   */
  protected WrappedDevice(BlockDevice device) {
    this.device = device;
  }

  /**
   * The device of layers within {@code device}, however it is wrapped; none if it has no layers.
   */
  public static Optional<StackDevice> layered(BlockDevice device) {
    BlockDevice inner = device;
    while (inner instanceof WrappedDevice wrapper) {
      inner = wrapper.device;
    }
    return inner instanceof StackDevice stack ? Optional.of(stack) : Optional.empty();
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
    device.read(offset, dst);
  }

  @Override
  public boolean mayWait(long offset, long length) {
    return device.mayWait(offset, length);
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    device.write(offset, src);
  }

  @Override
  public void flush() throws IOException {
    device.flush();
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    device.discard(offset, length);
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

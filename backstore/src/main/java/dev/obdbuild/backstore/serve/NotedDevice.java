package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.ReadOnlyDeviceException;
import dev.obdbuild.backstore.device.WrappedDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A device whose first failure is told in a file, before anybody learns of it: it must stick. */
final class NotedDevice extends WrappedDevice {
  private final Path file;
  private final AtomicBoolean noted = new AtomicBoolean();

  NotedDevice(BlockDevice device, Path file) {
    super(device);
    this.file = file;
  }

  /** Something the device does. */
  private interface Action {
    void run() throws IOException;
  }

  private void attempt(Action action) throws IOException {
    try {
      action.run();
    } catch (ReadOnlyDeviceException e) {
      throw e;
    } catch (IOException e) {
      note(e);
      throw e;
    }
  }

  private void note(IOException reason) {
    if (noted.compareAndSet(false, true)) {
      try {
        Files.writeString(file, String.valueOf(reason.getMessage()));
      } catch (IOException e) {
        reason.addSuppressed(e); // this process still knows of the failure
      }
    }
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    attempt(() -> super.read(offset, dst));
  }

  @Override
  public void write(long offset, MemorySegment src) throws IOException {
    attempt(() -> super.write(offset, src));
  }

  @Override
  public void discard(long offset, long length) throws IOException {
    attempt(() -> super.discard(offset, length));
  }

  @Override
  public void flush() throws IOException {
    attempt(super::flush);
  }

  @Override
  public void fail(IOException reason) {
    super.fail(reason);
    note(reason);
  }
}

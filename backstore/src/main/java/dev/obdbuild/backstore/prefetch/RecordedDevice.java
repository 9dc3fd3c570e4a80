package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.overlaybd.lsmt.ExtentVisitor;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * A device whose successful reads are noted as reads of the layers below its writable one. What was
 * overwritten there and is read again is noted too: a trace is a hint.
 *
 * <p>Borrows the device and owns nothing; closing it closes the device.
 */
public final class RecordedDevice implements BlockDevice {
  private final BlockDevice device;
  private final Supplier<LayerStack> stack;
  private final TraceRecorder recorder;

  /**
   * @param stack what the device shows at the moment where nothing was written
   */
  public RecordedDevice(BlockDevice device, Supplier<LayerStack> stack, TraceRecorder recorder) {
    this.device = device;
    this.stack = stack;
    this.recorder = recorder;
    recorder.number(stack.get().layers());
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
    stack
        .get()
        .visit(
            offset,
            dst.byteSize(),
            new ExtentVisitor() {
              @Override
              public void data(long at, long bytes, Layer layer, long fileOffset) {
                recorder.read(layer, fileOffset, bytes);
              }

              @Override
              public void zeros(long at, long bytes) {}
            });
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

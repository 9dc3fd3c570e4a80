package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
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
public final class RecordedDevice extends WrappedDevice {
  private final Supplier<LayerStack> stack;
  private final TraceRecorder recorder;

  /**
   * @param stack what the device shows at the moment where nothing was written
   */
  public RecordedDevice(BlockDevice device, Supplier<LayerStack> stack, TraceRecorder recorder) {
    super(device);
    this.stack = stack;
    this.recorder = recorder;
    recorder.number(stack.get().layers());
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    super.read(offset, dst);
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
}

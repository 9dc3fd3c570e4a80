package dev.obdbuild.backstore.audit;

import dev.obdbuild.backstore.cache.ReadTrail;
import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
import dev.obdbuild.overlaybd.lsmt.ExtentVisitor;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A device whose slow reads are written down, a line for each layer that they touch. Borrows the
 * log; closing it closes the device.
 */
public final class AuditedDevice extends WrappedDevice {
  private static final String HERE = "-";

  private final Supplier<LayerStack> stack;
  private final AuditLog log;
  private volatile String name;

  /**
   * @param name what the device is called until it has a node
   * @param stack what it shows where nothing was written
   */
  public AuditedDevice(BlockDevice device, String name, Supplier<LayerStack> stack, AuditLog log) {
    super(device);
    this.name = name;
    this.stack = stack;
    this.log = log;
  }

  /** Calls the device by its node from now on. */
  public void named(Path node) {
    name = node.toString();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    ReadTrail trail = new ReadTrail();
    long begun = System.nanoTime();
    boolean read = false;
    try {
      trail.follow(() -> super.read(offset, dst));
      read = true;
    } finally {
      long nanos = System.nanoTime() - begun;
      if (log.isSlow(nanos)) {
        String remote = trail.source().isEmpty() ? "cache" : trail.source();
        tell(offset, dst.byteSize(), nanos, read ? remote : "error");
      }
    }
  }

  private void tell(long offset, long length, long nanos, String source) throws IOException {
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
    List<SlowRead> parts = parts(offset, length, micros, source);
    if (parts.isEmpty()) {
      log.told(new SlowRead(name, HERE, offset, length, micros, source));
    }
    parts.forEach(log::told);
  }

  private List<SlowRead> parts(long offset, long length, long micros, String source)
      throws IOException {
    Map<Layer, Part> parts = new LinkedHashMap<>();
    stack
        .get()
        .visit(
            offset,
            length,
            new ExtentVisitor() {
              @Override
              public void data(long at, long bytes, Layer layer, long fileOffset) {
                parts.merge(
                    layer,
                    new Part(fileOffset, bytes),
                    (one, more) -> new Part(one.offset(), one.length() + more.length()));
              }

              @Override
              public void zeros(long at, long bytes) {}
            });
    List<SlowRead> all = new ArrayList<>();
    parts.forEach(
        (layer, part) ->
            all.add(
                new SlowRead(name, layer.name(), part.offset(), part.length(), micros, source)));
    return all;
  }

  /** Where a layer was read first, and how much of it. */
  private record Part(long offset, long length) {}
}

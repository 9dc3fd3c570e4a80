package dev.obdbuild.backstore.prefetch;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
import dev.obdbuild.backstore.device.WrappedExport;
import java.io.IOException;
import java.util.Optional;

/**
 * Exports devices by another exporter; the first one that has layers, once somebody wants it, with
 * its reads recorded or a trace of them replayed. Owns the other exporter if that is to be closed.
 */
public final class TracingExporter implements DeviceExporter, AutoCloseable {
  private final DeviceExporter exporter;
  private final TraceWish wish;

  /**
   * @param wish what to do with the next device; may come to want something later
   */
  public TracingExporter(DeviceExporter exporter, TraceWish wish) {
    this.exporter = exporter;
    this.wish = wish;
  }

  @Override
  public String kind() {
    return exporter.kind();
  }

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    Optional<StackDevice> stack = WrappedDevice.layered(device);
    if (stack.isEmpty() || stack.get().base().layers().isEmpty()) {
      return exporter.export(device, name, readOnly);
    }
    StackDevice layered = stack.get();
    Optional<TraceRecorder> recorder = wish.takeRecorder();
    BlockDevice shown =
        recorder.isPresent() ? new RecordedDevice(device, layered::base, recorder.get()) : device;
    // What is read in the background is no read of whoever uses the device.
    Optional<TraceReplay> replay =
        recorder.isPresent() ? Optional.empty() : wish.startReplay(layered.base().layers());
    try {
      ExportedDevice exported = exporter.export(shown, name, readOnly);
      return replay.isPresent() ? new Replaying(exported, replay.get()) : exported;
    } catch (IOException | RuntimeException | Error e) {
      replay.ifPresent(TraceReplay::close);
      throw e;
    }
  }

  /** A device whose layers are being read in the background. */
  private static final class Replaying extends WrappedExport {
    private final TraceReplay replay;

    Replaying(ExportedDevice device, TraceReplay replay) {
      super(device);
      this.replay = replay;
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        replay.close();
      }
    }
  }

  @Override
  public void close() throws Exception {
    if (exporter instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }
}

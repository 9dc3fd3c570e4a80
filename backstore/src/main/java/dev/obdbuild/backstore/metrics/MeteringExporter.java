package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.audit.AuditLog;
import dev.obdbuild.backstore.audit.AuditedDevice;
import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
import dev.obdbuild.backstore.device.WrappedExport;
import dev.obdbuild.backstore.metrics.LiveDevices.Live;
import dev.obdbuild.backstore.remote.Fetched;
import dev.obdbuild.overlaybd.lsmt.Layer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Exports devices by another exporter, counts, and writes down what was slow. Owns the other if
 * that is to be closed.
 */
public final class MeteringExporter implements DeviceExporter, AutoCloseable {
  private final DeviceExporter exporter;
  private final LiveDevices devices;
  private final Function<List<Layer>, Fetched> sources;
  private final Optional<AuditLog> audit;
  private final AutoCloseable listener;

  /**
   * @param devices where the exported ones are listed
   * @param sources tells how much of layers came from registries
   * @param audit borrowed
   * @param listener who looks at the list; closed before the exporter
   */
  public MeteringExporter(
      DeviceExporter exporter,
      LiveDevices devices,
      Function<List<Layer>, Fetched> sources,
      Optional<AuditLog> audit,
      AutoCloseable listener) {
    this.exporter = exporter;
    this.devices = devices;
    this.sources = sources;
    this.audit = audit;
    this.listener = listener;
  }

  @Override
  public String kind() {
    return exporter.kind();
  }

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    Optional<StackDevice> layered = WrappedDevice.layered(device);
    Optional<AuditedDevice> audited =
        layered.flatMap(
            stack -> audit.map(log -> new AuditedDevice(device, name, stack::base, log)));
    List<Layer> layers = layered.map(stack -> stack.base().layers()).orElse(List.of());
    DeviceMeter meter = new DeviceMeter();
    BlockDevice metered =
        new MeteredDevice(audited.<BlockDevice>map(a -> a).orElse(device), meter, devices.total());
    ExportedDevice exported = exporter.export(metered, name, readOnly);
    audited.ifPresent(known -> known.named(exported.node()));
    Live live =
        new Live(
            exported.node(),
            !readOnly,
            device.size(),
            layers.stream().mapToLong(layer -> layer.data().size()).sum(),
            meter,
            () -> sources.apply(layers));
    devices.add(live);
    return new Listed(exported, live, devices);
  }

  /** A device that is on the list until it is closed. */
  private static final class Listed extends WrappedExport {
    private final Live live;
    private final LiveDevices devices;

    Listed(ExportedDevice device, Live live, LiveDevices devices) {
      super(device);
      this.live = live;
      this.devices = devices;
    }

    @Override
    public void close() throws IOException {
      devices.remove(live);
      super.close();
    }
  }

  @Override
  public void close() throws Exception {
    listener.close();
    if (exporter instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }
}

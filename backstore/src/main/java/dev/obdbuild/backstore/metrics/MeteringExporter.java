package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.WrappedDevice;
import dev.obdbuild.backstore.device.WrappedExport;
import dev.obdbuild.backstore.metrics.LiveDevices.Live;
import java.io.IOException;

/** Exports devices by another exporter, and counts. Owns the other if that is to be closed. */
public final class MeteringExporter implements DeviceExporter, AutoCloseable {
  private final DeviceExporter exporter;
  private final LiveDevices devices;
  private final AutoCloseable listener;

  /**
   * @param devices where the exported ones are listed
   * @param listener who looks at the list; closed before the exporter
   */
  public MeteringExporter(DeviceExporter exporter, LiveDevices devices, AutoCloseable listener) {
    this.exporter = exporter;
    this.devices = devices;
    this.listener = listener;
  }

  @Override
  public String kind() {
    return exporter.kind();
  }

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    DeviceMeter meter = new DeviceMeter();
    BlockDevice metered = new MeteredDevice(device, meter, devices.total());
    ExportedDevice exported = exporter.export(metered, name, readOnly);
    Live live = new Live(exported.node(), !readOnly, device.size(), layerBytes(device), meter);
    devices.add(live);
    return new Listed(exported, live, devices);
  }

  private static long layerBytes(BlockDevice device) {
    return WrappedDevice.layered(device).stream()
        .flatMap(layered -> layered.base().layers().stream())
        .mapToLong(layer -> layer.data().size())
        .sum();
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

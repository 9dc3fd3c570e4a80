package dev.obdbuild.backstore.metrics;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import java.io.IOException;

/** Exports devices by another exporter and meters them. Owns the other if that is to be closed. */
public final class MeteringExporter implements DeviceExporter, AutoCloseable {
  private final DeviceExporter exporter;
  private final Metering metering;
  private final AutoCloseable listener;

  /**
   * @param listener who looks at the list; closed before the exporter
   */
  public MeteringExporter(DeviceExporter exporter, Metering metering, AutoCloseable listener) {
    this.exporter = exporter;
    this.metering = metering;
    this.listener = listener;
  }

  @Override
  public String kind() {
    return exporter.kind();
  }

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    Metering.Metered metered = metering.metered(device, name);
    return metered.listed(exporter.export(metered.device(), name, readOnly), readOnly);
  }

  @Override
  public void close() throws Exception {
    listener.close();
    if (exporter instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }
}

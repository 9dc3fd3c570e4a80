package dev.obdbuild.builder;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.LayerPlaces;
import dev.obdbuild.backstore.device.LayeredExport;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.backstore.serve.RemoteExporter;
import java.io.IOException;

/** Has a server make devices, whose numbers a board tells to others. Owns both. */
record ToldExporter(RemoteExporter exporter, DeviceBoard board)
    implements DeviceExporter, AutoCloseable {

  @Override
  public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
      throws IOException {
    return exporter.export(device, name, readOnly);
  }

  @Override
  public LayeredExport exportLayers(StackDevice device, LayerPlaces places, String name)
      throws IOException {
    return exporter.exportLayers(device, places, name);
  }

  @Override
  public boolean servesElsewhere() {
    return exporter.servesElsewhere();
  }

  @Override
  public String kind() {
    return exporter.kind();
  }

  @Override
  public void close() throws IOException {
    board.close(); // what it writes to goes with the store
    exporter.close();
  }
}

package dev.obdbuild.backstore.device;

import java.io.IOException;

/** Makes block device nodes of {@link BlockDevice}s. Thread-safe; call on platform threads. */
public interface DeviceExporter {

  /**
   * Shows {@code device} as a node.
   *
   * @param name for the files and records made on the way: letters, digits, dot, dash and
   *     underscore
   * @param readOnly the node refuses writes
   * @return the device's node; the caller closes it, after unmounting what is on it, and then
   *     {@code device}
   */
  ExportedDevice export(BlockDevice device, String name, boolean readOnly) throws IOException;

  /**
   * Shows a device of layers as a node, by this process or by another one that opens the layers
   * where they lie. Takes {@code device} over, unless it fails.
   *
   * @param device that nobody has written to the node of; read-only if it has no writable layer
   */
  default LayeredExport exportLayers(StackDevice device, LayerPlaces places, String name)
      throws IOException {
    return new LayeredExport(device, export(device, name, device.top().isEmpty()));
  }

  /** Whether writable layers must be such that another process can go on with them. */
  default boolean servesElsewhere() {
    return false;
  }

  /** What kind of exporter this is, for messages and options: {@code fuse}, {@code tcmu}. */
  String kind();
}

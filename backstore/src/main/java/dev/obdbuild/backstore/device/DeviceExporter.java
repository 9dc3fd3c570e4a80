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

  /** What kind of exporter this is, for messages and options: {@code fuse}, {@code tcmu}. */
  String kind();
}

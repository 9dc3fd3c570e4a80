package dev.obdbuild.backstore.tcmu;

import java.io.IOException;

/**
 * What a device is made with, as the kernel keeps it for whoever takes over.
 *
 * @param label what the device's owner calls it: letters, digits, dot, dash, underscore
 * @param size in bytes
 * @param sectorSize in bytes
 */
public record TargetSpec(String label, long size, int sectorSize, boolean readOnly) {
  public TargetSpec {
    if (!label.matches("[A-Za-z0-9._-]{1,128}")) {
      throw new IllegalArgumentException("device name '" + label + "'");
    }
  }

  /** As part of the device's configuration string. */
  String config() {
    return (readOnly ? "ro/" : "rw/") + label;
  }

  static TargetSpec parse(String config, String size, String sectorSize) throws IOException {
    try {
      boolean readOnly = config.startsWith("ro/");
      if (!readOnly && !config.startsWith("rw/")) {
        throw new IllegalArgumentException("neither ro nor rw");
      }
      return new TargetSpec(
          config.substring("ro/".length()),
          Long.parseLong(size),
          Integer.parseInt(sectorSize),
          readOnly);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "a device with configuration '"
              + config
              + "', size "
              + size
              + ", sectors of "
              + sectorSize
              + " is not understood: "
              + e.getMessage(),
          e);
    }
  }
}

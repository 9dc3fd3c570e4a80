package dev.obdbuild.backstore.device;

import java.io.IOException;

/**
 * A device whose process is gone; what uses it waits until another one adopts it, or undoes it.
 *
 * @param kind of exporter, as a {@link DeviceSweep} knows it
 * @param detail by which that finds it again
 * @param name as it was given to {@link DeviceExporter#export}
 * @param size in bytes
 */
public record Orphan(
    String kind, String detail, String name, long size, int sectorSize, boolean readOnly) {

  /** Takes it away; its users are cut off. */
  public void undo() throws IOException {
    DeviceSweep.undo(kind, detail);
  }

  /**
   * Goes on if {@code device} can take its place.
   *
   * @throws IllegalArgumentException naming both, if it cannot
   */
  void check(BlockDevice device, String by) {
    if (!kind.equals(by) || device.size() != size || device.sectorSize() != sectorSize) {
      throw new IllegalArgumentException(
          "a device of "
              + device.size()
              + " bytes in sectors of "
              + device.sectorSize()
              + ", by "
              + by
              + ", for "
              + this);
    }
  }
}

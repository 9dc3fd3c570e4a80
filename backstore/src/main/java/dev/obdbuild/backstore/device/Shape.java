package dev.obdbuild.backstore.device;

/** What a device must have in common with the orphan that it takes the place of. */
final class Shape {
  private Shape() {}

  /**
   * Goes on if {@code device} is of the orphan's size and sectors, both in bytes.
   *
   * @throws IllegalArgumentException naming both, if it is not
   */
  static void check(BlockDevice device, long size, int sectorSize, Record orphan) {
    if (device.size() != size || device.sectorSize() != sectorSize) {
      throw new IllegalArgumentException(
          "a device of "
              + device.size()
              + " bytes in sectors of "
              + device.sectorSize()
              + " for "
              + orphan);
    }
  }
}

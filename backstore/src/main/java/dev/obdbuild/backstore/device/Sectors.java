package dev.obdbuild.backstore.device;

/** The rule of {@link BlockDevice} for ranges. */
final class Sectors {
  private Sectors() {}

  static void check(BlockDevice device, long offset, long length) {
    long mask = device.sectorSize() - 1L;
    if (offset < 0
        || length < 0
        || length > device.size() - offset
        || ((offset | length) & mask) != 0) {
      throw new IllegalArgumentException(
          "range "
              + offset
              + "+"
              + length
              + " on a device of "
              + device.size()
              + " bytes in sectors of "
              + device.sectorSize());
    }
  }
}

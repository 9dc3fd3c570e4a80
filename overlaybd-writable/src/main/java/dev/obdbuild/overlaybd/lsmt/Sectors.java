package dev.obdbuild.overlaybd.lsmt;

/** Numbers of the format that more than one class needs. */
final class Sectors {
  static final int SIZE = 512;
  static final int SHIFT = 9;

  /** Header and trailer, in bytes and in sectors. */
  static final int HEADER_BYTES = 4096;

  static final long FIRST_DATA = HEADER_BYTES / SIZE;

  /** The largest length a record can hold. */
  static final int MAX_RECORD = 16383;

  /** Virtual sectors are 50 bits wide and the last value marks padding. */
  static final long MAX_SECTOR = (1L << 50) - 1;

  private Sectors() {}

  static void checkAligned(long offset, long length) {
    if (((offset | length) & (SIZE - 1)) != 0 || offset < 0 || length < 0) {
      throw new IllegalArgumentException(
          "range " + offset + "+" + length + " is not in whole sectors of 512");
    }
  }
}

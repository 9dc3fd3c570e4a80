package dev.obdbuild.overlaybd.lsmt;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Packs and unpacks the two words of a segment record. */
final class Records {
  static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final int BYTES = 16;

  /** First word of a padding record; its second word is 0. */
  static final long PADDING = Sectors.MAX_SECTOR;

  private static final long FILE_SECTOR = (1L << 55) - 1;
  private static final long ZEROED = 1L << 55;

  private Records() {}

  static long first(long sector, int length) {
    return sector | ((long) length << 50);
  }

  static long second(long fileSector, boolean zeroed, int tag) {
    return fileSector | (zeroed ? ZEROED : 0) | ((long) tag << 56);
  }

  static boolean padding(long first) {
    return (first & Sectors.MAX_SECTOR) == Sectors.MAX_SECTOR;
  }

  static long sector(long first) {
    return first & Sectors.MAX_SECTOR;
  }

  static int length(long first) {
    return (int) (first >>> 50);
  }

  static long fileSector(long second) {
    return second & FILE_SECTOR;
  }

  static boolean zeroed(long second) {
    return (second & ZEROED) != 0;
  }

  static int tag(long second) {
    return (int) (second >>> 56);
  }
}

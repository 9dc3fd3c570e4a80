package dev.obdbuild.backstore.scsi;

/**
 * What a disk tells of itself.
 *
 * @param size in bytes, a multiple of the sector size
 * @param sectorSize logical block size in bytes, 512 or 4096
 * @param readOnly it takes no writes
 * @param serial printable ASCII, 1 to 64 characters
 */
public record DiskShape(long size, int sectorSize, boolean readOnly, String serial) {
  /** The largest read or write that is announced, in bytes. */
  public static final int MAX_TRANSFER = 1 << 20;

  /** The most that one UNMAP may give up, in bytes, in all its ranges. */
  static final long MAX_UNMAP = 1L << 30;

  /** Ranges of one UNMAP. */
  static final int MAX_UNMAP_RANGES = 256;

  /** The most that one WRITE SAME may fill, in bytes. */
  static final long MAX_SAME = 32L << 20;

  /** What is best written or given up at once, in bytes. */
  static final int PHYSICAL = 4096;

  public DiskShape {
    if ((sectorSize != 512 && sectorSize != 4096) || size <= 0 || size % sectorSize != 0) {
      throw new IllegalArgumentException("disk of " + size + ", sectors of " + sectorSize);
    }
    if (!serial.matches("[!-~]{1,64}")) {
      throw new IllegalArgumentException("serial number '" + serial + "'");
    }
  }

  long sectors() {
    return size / sectorSize;
  }

  /** Whether a range of sectors lies on the disk. */
  boolean holds(long lba, long sectors) {
    return lba >= 0 && sectors >= 0 && lba <= sectors() && sectors <= sectors() - lba;
  }
}

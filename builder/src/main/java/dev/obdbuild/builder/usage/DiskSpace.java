package dev.obdbuild.builder.usage;

import dev.obdbuild.builder.config.ByteSize;

/**
 * An amount of disk space: a number of bytes or a share of the disk. Both zero: not set.
 *
 * @param bytes counts when it is not zero
 * @param percent of the disk
 */
public record DiskSpace(long bytes, int percent) {

  /** Not set. */
  public static final DiskSpace UNSET = new DiskSpace(0, 0);

  private static final long OF_UNKNOWN_DISK = 2_000_000_000L;

  public DiskSpace {
    if (bytes < 0 || percent < 0 || percent > 100) {
      throw new IllegalArgumentException("disk space of " + bytes + " bytes, " + percent + "%");
    }
  }

  /** So many bytes. */
  public static DiskSpace ofBytes(long bytes) {
    return new DiskSpace(bytes, 0);
  }

  /** A share of the disk. */
  public static DiskSpace ofPercent(int percent) {
    return new DiskSpace(0, percent);
  }

  /**
   * Bytes, {@code 10GB} (units are powers of 1024) or {@code 20%}.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  public static DiskSpace parse(String text) {
    String amount = text.strip();
    if (amount.endsWith("%")) {
      try {
        return ofPercent(Integer.parseInt(amount.substring(0, amount.length() - 1)));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' is not a share of a disk", e);
      }
    }
    return ofBytes(ByteSize.parse(amount));
  }

  /** Whether nothing was said. */
  public boolean isUnset() {
    return bytes == 0 && percent == 0;
  }

  /**
   * In bytes. A share is rounded up: to so many times 10^9 bytes as it has whole GiB, and one more.
   *
   * @param disk bytes of the disk, 0 when unknown
   */
  public long toBytes(long disk) {
    if (bytes != 0 || percent == 0) {
      return bytes;
    }
    if (disk == 0) {
      return OF_UNKNOWN_DISK;
    }
    return ((disk / 100 * percent + disk % 100 * percent / 100) / (1L << 30) + 1) * 1_000_000_000L;
  }
}

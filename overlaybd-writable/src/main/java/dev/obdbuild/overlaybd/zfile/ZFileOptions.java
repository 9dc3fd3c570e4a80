package dev.obdbuild.overlaybd.zfile;

/**
 * How a ZFile is made.
 *
 * @param codec the codec of every block
 * @param blockSize bytes per block before compression: a power of two from 4096 to 65536
 * @param checksum whether every block carries a CRC
 * @param level zstd's level; the original uses 3 and readers do not see it. LZ4 has one level, 0
 */
public record ZFileOptions(Codec codec, int blockSize, boolean checksum, int level) {
  /** The original's level. */
  public static final int ZSTD_LEVEL = 3;

  /**
   * What to take when nothing else is asked for: within 5 % of gzip's size, twice as fast to write
   * per core as the original's zstd, and a random 4 KiB read still decodes only 16. The figures are
   * in the module's README.
   */
  public static final ZFileOptions DEFAULT = new ZFileOptions(Codec.ZSTD, 16384, true, 1);

  static final int MIN_BLOCK = 4096;
  static final int MAX_BLOCK = 65536;

  /**
   * @throws IllegalArgumentException if block size or level is none that can be written
   */
  public ZFileOptions {
    if (!validBlockSize(blockSize)) {
      throw new IllegalArgumentException(
          "block size " + blockSize + ", expected a power of two from 4096 to 65536");
    }
    if (codec == Codec.LZ4 ? level != 0 : level < 1 || level > 22) {
      throw new IllegalArgumentException(codec + " has no level " + level);
    }
  }

  /** The codec's usual level. */
  public ZFileOptions(Codec codec, int blockSize, boolean checksum) {
    this(codec, blockSize, checksum, codec == Codec.ZSTD ? ZSTD_LEVEL : 0);
  }

  /** The same with other blocks. */
  public ZFileOptions withBlockSize(int size) {
    return new ZFileOptions(codec, size, checksum, level);
  }

  static boolean validBlockSize(int size) {
    return size >= MIN_BLOCK && size <= MAX_BLOCK && Integer.bitCount(size) == 1;
  }
}

package dev.obdbuild.oci.image;

import java.util.Locale;

/**
 * How a sealed layer is written: an overlaybd layer in a tar, its bytes as they are or in ZFile
 * blocks.
 *
 * @param blockSize of ZFile, bytes: a power of two from 4096 to 65536; ignored without compression
 */
public record LayerFormat(Compression compression, int blockSize) {
  /** The codec of ZFile blocks. */
  public enum Compression {
    NONE,
    LZ4,
    ZSTD
  }

  /** No compression. */
  public static final LayerFormat RAW = new LayerFormat(Compression.NONE, 4096);

  /**
   * @throws IllegalArgumentException if {@code blockSize} is not a power of two from 4096 to 65536
   */
  public LayerFormat {
    if (Integer.bitCount(blockSize) != 1 || blockSize < 4096 || blockSize > 65536) {
      throw new IllegalArgumentException(
          "block size of a layer should be a power of two from 4096 to 65536, is " + blockSize);
    }
  }

  /**
   * The format that {@code text} spells: {@code none}, {@code lz4}, {@code zstd}, each with an
   * optional block size, as in {@code zstd:16K}.
   *
   * @throws IllegalArgumentException if it spells none
   */
  public static LayerFormat parse(String text) {
    String[] parts = text.split(":", 2);
    Compression compression =
        switch (parts[0]) {
          case "none", "uncompressed" -> Compression.NONE;
          case "lz4" -> Compression.LZ4;
          case "zstd" -> Compression.ZSTD;
          default ->
              throw new IllegalArgumentException(
                  "layer compression '"
                      + text
                      + "' is not known: none, lz4 or zstd, with a block size as in zstd:16K");
        };
    return new LayerFormat(compression, parts.length == 1 ? 4096 : blockSize(parts[1]));
  }

  private static int blockSize(String text) {
    String digits = text.toUpperCase(Locale.ROOT);
    int unit = digits.endsWith("K") ? 1024 : 1;
    try {
      return Integer.parseInt(unit == 1 ? digits : digits.substring(0, digits.length() - 1)) * unit;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("block size '" + text + "' is not a number", e);
    }
  }

  /** The text that {@link #parse} takes. */
  public String format() {
    String name = compression.name().toLowerCase(Locale.ROOT);
    return compression == Compression.NONE ? name : name + ":" + blockSize / 1024 + "K";
  }
}

package dev.obdbuild.overlaybd.zfile;

/** How blocks are compressed. */
public enum Codec {
  /** Raw LZ4 blocks at the default level. */
  LZ4(1),
  /** One zstd frame per block. */
  ZSTD(2);

  private final int id;

  Codec(int id) {
    this.id = id;
  }

  /** The header's number. */
  int id() {
    return id;
  }

  /** Upper bound of a compressed block without its CRC. */
  int bound(int blockSize) {
    return switch (this) {
      case LZ4 -> blockSize + blockSize / 255 + 16;
      case ZSTD -> blockSize + (blockSize >> 8) + (((128 << 10) - blockSize) >> 11);
    };
  }

  BlockCompressor compressor(int level) {
    return switch (this) {
      case LZ4 -> new Lz4Blocks.Compressor();
      case ZSTD -> new ZstdBlocks.Compressor(level);
    };
  }

  BlockDecompressor decompressor() {
    return switch (this) {
      case LZ4 -> new Lz4Blocks.Decompressor();
      case ZSTD -> new ZstdBlocks.Decompressor();
    };
  }
}

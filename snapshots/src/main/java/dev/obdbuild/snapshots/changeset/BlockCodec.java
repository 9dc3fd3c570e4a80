package dev.obdbuild.snapshots.changeset;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A compression of blocks of fixed length whose results, put one behind the other, are one file.
 * What a block becomes depends on it and on the one before only. {@link #compress} is thread-safe.
 */
sealed interface BlockCodec {
  /** Bytes of a block. */
  int blockSize();

  /** What the file begins with. */
  byte[] head();

  /**
   * Compresses a block.
   *
   * @param before the block before; empty for the first
   * @param length bytes of {@code block}, less than its array only if {@code last}
   */
  byte[] compress(byte[] before, byte[] block, int length, boolean last);

  /** Told of all bytes in their order, on one thread. */
  void passed(byte[] block, int length);

  /** What the file ends with, after all bytes have passed. */
  byte[] tail();

  /**
   * One gzip member: each block a run of deflate blocks that ends on a byte, primed with the 32 KiB
   * before it, so that the blocks cost almost nothing in size.
   */
  final class Gzip implements BlockCodec {
    private static final int WINDOW = 32 << 10;
    private static final byte UNKNOWN_SYSTEM = (byte) 0xFF;

    private final int level;
    private final CRC32 crc = new CRC32();
    private long bytes;

    Gzip(int level) {
      this.level = level;
    }

    @Override
    public int blockSize() {
      return 512 << 10;
    }

    @Override
    public byte[] head() {
      // Magic, deflate, no flags, no time.
      return new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, UNKNOWN_SYSTEM};
    }

    @Override
    public byte[] compress(byte[] before, byte[] block, int length, boolean last) {
      Deflater deflater = new Deflater(level, true);
      try {
        int window = Math.min(WINDOW, before.length);
        if (window > 0) {
          deflater.setDictionary(before, before.length - window, window);
        }
        deflater.setInput(block, 0, length);
        ByteArrayOutputStream out = new ByteArrayOutputStream(length / 2 + 64);
        byte[] buffer = new byte[64 << 10];
        if (last) {
          deflater.finish();
        }
        int flush = last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH;
        int n;
        do {
          n = deflater.deflate(buffer, 0, buffer.length, flush);
          out.write(buffer, 0, n);
        } while (last ? !deflater.finished() : n == buffer.length);
        return out.toByteArray();
      } finally {
        deflater.end();
      }
    }

    @Override
    public void passed(byte[] block, int length) {
      crc.update(block, 0, length);
      bytes += length;
    }

    @Override
    public byte[] tail() {
      return ByteBuffer.allocate(8)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt((int) crc.getValue())
          .putInt((int) bytes)
          .array();
    }
  }

  /** Each block a frame of zstd with its length and checksum. */
  final class ZstdFrames implements BlockCodec {
    private final int level;

    ZstdFrames(int level) {
      this.level = level;
    }

    @Override
    public int blockSize() {
      return 4 << 20;
    }

    @Override
    public byte[] head() {
      return new byte[0];
    }

    @Override
    public byte[] compress(byte[] before, byte[] block, int length, boolean last) {
      if (length == 0 && before.length > 0) {
        return new byte[0];
      }
      try (ZstdCompressCtx context = new ZstdCompressCtx()) {
        context.setLevel(level).setChecksum(true).setContentSize(true);
        return context.compress(Arrays.copyOf(block, length));
      }
    }

    @Override
    public void passed(byte[] block, int length) {
      // Frames have their own checksums.
    }

    @Override
    public byte[] tail() {
      return new byte[0];
    }
  }
}

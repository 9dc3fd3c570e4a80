package dev.obdbuild.overlaybd.zfile;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** zstd frames with their content size, as the one-shot call of the library makes them. */
final class ZstdBlocks {
  private ZstdBlocks() {}

  static final class Compressor implements BlockCompressor {
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();

    Compressor(int level) {
      zstd.setLevel(level);
    }

    @Override
    public int compress(MemorySegment src, MemorySegment dst) {
      ByteBuffer from = src.asByteBuffer();
      ByteBuffer to = dst.asByteBuffer();
      return zstd.compressDirectByteBuffer(to, 0, to.capacity(), from, 0, from.capacity());
    }

    @Override
    public void close() {
      zstd.close();
    }
  }

  static final class Decompressor implements BlockDecompressor {
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

    @Override
    public int decompress(MemorySegment src, MemorySegment dst) throws IOException {
      ByteBuffer from = src.asByteBuffer();
      ByteBuffer to = dst.asByteBuffer();
      try {
        return zstd.decompressDirectByteBuffer(to, 0, to.capacity(), from, 0, from.capacity());
      } catch (ZstdException e) {
        throw new IOException(
            "not a zstd frame of at most " + dst.byteSize() + " bytes: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      zstd.close();
    }
  }
}

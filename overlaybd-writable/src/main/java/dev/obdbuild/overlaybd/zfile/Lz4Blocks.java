package dev.obdbuild.overlaybd.zfile;

import io.airlift.compress.v3.MalformedInputException;
import io.airlift.compress.v3.lz4.Lz4NativeCompressor;
import io.airlift.compress.v3.lz4.Lz4NativeDecompressor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** LZ4 through the native library, and only through it: another encoder would make other bytes. */
final class Lz4Blocks {
  private Lz4Blocks() {}

  static final class Compressor implements BlockCompressor {
    private final Lz4NativeCompressor lz4 = new Lz4NativeCompressor();

    @Override
    public int compress(MemorySegment src, MemorySegment dst) {
      return lz4.compress(src, dst);
    }

    @Override
    public void close() {}
  }

  static final class Decompressor implements BlockDecompressor {
    private final Lz4NativeDecompressor lz4 = new Lz4NativeDecompressor();

    @Override
    public int decompress(MemorySegment src, MemorySegment dst) throws IOException {
      try {
        return lz4.decompress(src, dst);
      } catch (MalformedInputException e) {
        throw new IOException("not an LZ4 block of at most " + dst.byteSize() + " bytes", e);
      }
    }

    @Override
    public void close() {}
  }
}

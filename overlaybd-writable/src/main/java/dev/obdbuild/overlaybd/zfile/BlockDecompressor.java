package dev.obdbuild.overlaybd.zfile;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Expands blocks; for one thread at a time. Both buffers are native memory. */
sealed interface BlockDecompressor extends AutoCloseable
    permits Lz4Blocks.Decompressor, ZstdBlocks.Decompressor {

  /**
   * Returns the length written to {@code dst}.
   *
   * @throws IOException if the block is damaged or does not fit
   */
  int decompress(MemorySegment src, MemorySegment dst) throws IOException;

  @Override
  void close();
}

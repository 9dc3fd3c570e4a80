package dev.obdbuild.overlaybd.zfile;

import java.lang.foreign.MemorySegment;

/**
 * Compresses blocks; for one thread at a time, because native state belongs to it. Both buffers are
 * native memory.
 */
sealed interface BlockCompressor extends AutoCloseable
    permits Lz4Blocks.Compressor, ZstdBlocks.Compressor {

  /** Returns the compressed length; {@code dst} has the codec's bound. */
  int compress(MemorySegment src, MemorySegment dst);

  @Override
  void close();
}

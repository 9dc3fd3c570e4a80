package dev.obdbuild.overlaybd.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Takes a stream of bytes in order. For one thread at a time; the bytes are copied or written
 * before the call returns.
 */
public interface BlockSink {

  /** Appends all of {@code src}. */
  void write(MemorySegment src) throws IOException;
}

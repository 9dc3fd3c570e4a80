package dev.obdbuild.overlaybd.block;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A sink whose earlier bytes can be overwritten, for headers whose sizes are known only at the end.
 */
public interface PatchableSink extends BlockSink {

  /** Bytes appended so far. */
  long position();

  /** Overwrites bytes already appended; the range must end at or before {@link #position()}. */
  void patch(long offset, MemorySegment src) throws IOException;
}

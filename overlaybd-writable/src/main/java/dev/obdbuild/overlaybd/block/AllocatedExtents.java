package dev.obdbuild.overlaybd.block;

import java.io.IOException;

/** Tells data from holes in a sparse file, as lseek's SEEK_DATA and SEEK_HOLE do. */
public interface AllocatedExtents {

  /** First byte at or after {@code offset} that is not in a hole, or -1 when only holes follow. */
  long nextData(long offset) throws IOException;

  /** First byte at or after {@code offset} that is in a hole; the end of the file counts as one. */
  long nextHole(long offset) throws IOException;
}

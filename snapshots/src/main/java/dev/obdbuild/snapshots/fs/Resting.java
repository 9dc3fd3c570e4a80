package dev.obdbuild.snapshots.fs;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A device whose filesystem has come to rest: mounted read-only and clean, written by nobody but
 * through this.
 */
public interface Resting {
  /** What the device shows. */
  BlockFile content();

  /** What its top layer stores now. */
  SegmentIndex written() throws IOException;

  /** Where the filesystem is mounted. */
  Path mounted();

  /** Drops a range of whole sectors from the top layer; it reads as zeros afterwards. */
  void discard(long offset, long length) throws IOException;

  /** Writes whole sectors past the mounted filesystem. */
  void write(long offset, MemorySegment bytes) throws IOException;
}

package dev.obdbuild.snapshots.fs;

import dev.obdbuild.linux.ext.Trim;
import dev.obdbuild.overlaybd.lsmt.SegmentIndex;
import java.io.IOException;

/** Asks the kernel which blocks a layer stores for nothing. */
final class Written {
  private static final int SECTOR = 512;

  /** What a device can drop. */
  static final int BLOCK = 4096;

  private Written() {}

  /**
   * Has the mounted filesystem discard its free blocks, from the first to the last that the layer
   * wrote: nowhere else can it have freed anything that the layer stores.
   */
  static void trim(Resting device) throws IOException {
    SegmentIndex written = device.written();
    if (written.size() == 0) {
      return;
    }
    long from = written.start(0) * SECTOR;
    long to = written.end(written.size() - 1) * SECTOR;
    try (Trim trim = Trim.of(device.mounted())) {
      var _ = trim.range(from, to - from, BLOCK);
    }
  }
}

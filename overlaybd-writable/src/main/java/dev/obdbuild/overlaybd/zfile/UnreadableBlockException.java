package dev.obdbuild.overlaybd.zfile;

import java.io.IOException;

/**
 * A block of 64 KiB would be stored longer than the original reader's buffer. Smaller blocks always
 * fit.
 */
public final class UnreadableBlockException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableBlockException(long block, int storedLength) {
    super(
        "ZFile block "
            + block
            + " would take "
            + storedLength
            + " bytes, the original reader has a buffer of 65536: use blocks of 32768 bytes");
  }
}

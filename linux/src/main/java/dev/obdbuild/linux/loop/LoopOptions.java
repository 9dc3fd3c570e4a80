package dev.obdbuild.linux.loop;

/**
 * How a file is attached.
 *
 * @param sectorSize logical sectors of the device in bytes, 512 or 4096
 * @param readOnly writes to the device fail
 * @param directIo the file is read and written past the page cache; the kernel falls back silently
 *     when it cannot
 * @param autoClear the loop is cleared when its last user closes it; with it the caller must hold
 *     the node open
 */
public record LoopOptions(int sectorSize, boolean readOnly, boolean directIo, boolean autoClear) {
  public LoopOptions {
    if (sectorSize != 512 && sectorSize != 4096) {
      throw new IllegalArgumentException("sector size " + sectorSize);
    }
  }

  int flags() {
    return (readOnly ? 1 : 0) | (autoClear ? 4 : 0) | (directIo ? 16 : 0);
  }
}

package dev.obdbuild.overlaybd.block;

import java.io.EOFException;

/** Range checks that cannot overflow, with a message that names the file and the numbers. */
public final class Ranges {
  private Ranges() {}

  /**
   * Refuses a range that is not inside a file.
   *
   * @throws EOFException if {@code offset + length} is past {@code size}
   * @throws IllegalArgumentException if offset or length is negative
   */
  public static void check(long offset, long length, long size, String name) throws EOFException {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException(name + ": negative range " + offset + "+" + length);
    }
    if (length > size - offset) {
      throw new EOFException(
          name + ": " + length + " bytes at " + offset + " end past its size " + size);
    }
  }
}

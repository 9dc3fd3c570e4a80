package dev.obdbuild.oci.tar;

/** A piece of a sparse file that is stored, in bytes of the file. */
public record Extent(long offset, long length) {
  /**
   * @throws IllegalArgumentException if one is negative or their sum overflows
   */
  public Extent {
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new IllegalArgumentException("extent of " + length + " bytes at " + offset);
    }
  }

  /** Where the next byte after it is. */
  public long end() {
    return offset + length;
  }
}

package dev.obdbuild.overlaybd.trace;

/** {@code length} bytes were read at {@code offset} of layer {@code layer}, 0 = bottom. */
public record TraceRecord(int layer, long offset, long length) {

  /**
   * @throws IllegalArgumentException if a number is negative or the range overflows
   */
  public TraceRecord {
    if (layer < 0 || offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("layer " + layer + ", range " + offset + "+" + length);
    }
  }
}

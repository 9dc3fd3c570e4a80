package dev.obdbuild.overlaybd.block;

import java.io.IOException;

/**
 * Bytes that break their format: which layer, which structure in it, at which byte, and what was
 * found there.
 */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String layer;
  private final String structure;
  private final long offset;

  /**
   * {@code offset} is in the bytes of the format named by {@code structure} (for LSMT: unwrapped
   * and decompressed).
   */
  public FormatException(String layer, String structure, long offset, String detail) {
    super(layer + ": " + structure + " at byte " + offset + ": " + detail);
    this.layer = layer;
    this.structure = structure;
    this.offset = offset;
  }

  /** As above, with what made the damage known. */
  public FormatException(
      String layer, String structure, long offset, String detail, Throwable cause) {
    this(layer, structure, offset, detail);
    initCause(cause);
  }

  /** The layer's name as given when it was opened. */
  public String layer() {
    return layer;
  }

  /** For instance {@code "LSMT trailer"} or {@code "ZFile block 7"}. */
  public String structure() {
    return structure;
  }

  /** Byte offset of the structure. */
  public long offset() {
    return offset;
  }
}

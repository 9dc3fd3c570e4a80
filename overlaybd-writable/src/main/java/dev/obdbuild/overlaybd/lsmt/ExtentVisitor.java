package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;

/** Is told where the pieces of a range of a stack lie. Offsets and lengths are bytes. */
public interface ExtentVisitor {

  /**
   * {@code length} bytes of the device at {@code offset} are at {@code fileOffset} of the layer's
   * data file.
   */
  void data(long offset, long length, Layer layer, long fileOffset) throws IOException;

  /** {@code length} bytes of the device at {@code offset} are zeros. */
  void zeros(long offset, long length) throws IOException;
}

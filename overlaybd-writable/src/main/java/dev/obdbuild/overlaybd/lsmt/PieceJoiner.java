package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Hands pieces on that follow one another in one file as one. What was seen last is held back until
 * {@link #finish}.
 */
final class PieceJoiner implements ExtentVisitor {
  private final ExtentVisitor next;
  private @Nullable Layer layer;
  private long fileOffset;
  private long offset;
  private long length;

  PieceJoiner(ExtentVisitor next) {
    this.next = next;
  }

  @Override
  public void data(long at, long bytes, Layer from, long fileAt) throws IOException {
    if (from == layer && fileAt == fileOffset + length && at == offset + length) {
      length += bytes;
      return;
    }
    finish();
    layer = from;
    fileOffset = fileAt;
    offset = at;
    length = bytes;
  }

  @Override
  public void zeros(long at, long bytes) throws IOException {
    next.zeros(at, bytes);
  }

  /** Hands on what is still held back. */
  void finish() throws IOException {
    Layer from = layer;
    if (from != null) {
      layer = null;
      next.data(offset, length, from, fileOffset);
    }
  }
}

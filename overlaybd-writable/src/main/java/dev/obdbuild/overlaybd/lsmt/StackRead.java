package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Fills a buffer from the pieces of a stack; pieces that follow one another in one file become one
 * read.
 */
final class StackRead implements ExtentVisitor {
  private final long base;
  private final MemorySegment dst;
  private @Nullable Layer layer;
  private long fileOffset;
  private long offset;
  private long length;

  StackRead(long base, MemorySegment dst) {
    this.base = base;
    this.dst = dst;
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
  public void zeros(long at, long bytes) {
    dst.asSlice(at - base, bytes).fill((byte) 0);
  }

  /** Reads what is still pending. */
  void finish() throws IOException {
    Layer from = layer;
    if (from != null) {
      from.data().read(fileOffset, dst.asSlice(offset - base, length));
      layer = null;
    }
  }
}

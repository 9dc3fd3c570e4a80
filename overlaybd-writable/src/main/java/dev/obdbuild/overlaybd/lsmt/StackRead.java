package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Fills a buffer from the pieces of a stack. Before the first of several is read the others are
 * announced, so that what has to come from far away comes at the same time.
 */
final class StackRead implements ExtentVisitor {
  private final LayerStack stack;
  private final long base;
  private final MemorySegment dst;
  private boolean announced;

  private StackRead(LayerStack stack, long base, MemorySegment dst) {
    this.stack = stack;
    this.base = base;
    this.dst = dst;
  }

  static void fill(LayerStack stack, long offset, MemorySegment dst) throws IOException {
    walk(stack, offset, dst.byteSize(), new StackRead(stack, offset, dst));
  }

  private static void walk(LayerStack stack, long offset, long length, ExtentVisitor visitor)
      throws IOException {
    PieceJoiner pieces = new PieceJoiner(visitor);
    stack.visit(offset, length, pieces);
    pieces.finish();
  }

  @Override
  public void data(long at, long bytes, Layer from, long fileAt) throws IOException {
    long rest = base + dst.byteSize() - at - bytes;
    if (rest > 0 && !announced) {
      announced = true;
      walk(stack, at + bytes, rest, new Announcement());
    }
    from.data().read(fileAt, dst.asSlice(at - base, bytes));
  }

  @Override
  public void zeros(long at, long bytes) {
    dst.asSlice(at - base, bytes).fill((byte) 0);
  }

  private static final class Announcement implements ExtentVisitor {
    @Override
    public void data(long at, long bytes, Layer from, long fileAt) throws IOException {
      from.data().expect(fileAt, bytes);
    }

    @Override
    public void zeros(long at, long bytes) {}
  }
}

package dev.obdbuild.overlaybd.block;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Whole positional reads and writes between a FileChannel and memory of any kind. */
final class Transfers {
  /**
   * A ByteBuffer cannot be larger; also keeps one call from holding an unbounded temporary direct
   * buffer.
   */
  private static final int STEP = 8 << 20;

  private Transfers() {}

  static void readFully(FileChannel channel, long offset, MemorySegment dst, String name)
      throws IOException {
    long done = 0;
    while (done < dst.byteSize()) {
      ByteBuffer part = dst.asSlice(done, Math.min(STEP, dst.byteSize() - done)).asByteBuffer();
      int n = channel.read(part, offset + done);
      if (n < 0) {
        throw new EOFException(
            name
                + ": file ends at "
                + (offset + done)
                + ", wanted "
                + dst.byteSize()
                + " bytes at "
                + offset);
      }
      done += n;
    }
  }

  static void writeFully(FileChannel channel, long offset, MemorySegment src) throws IOException {
    long done = 0;
    while (done < src.byteSize()) {
      ByteBuffer part = src.asSlice(done, Math.min(STEP, src.byteSize() - done)).asByteBuffer();
      done += channel.write(part, offset + done);
    }
  }
}

package dev.obdbuild.backstore.attach;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads and writes of a block device past the page cache, in multiples of 4 KiB. */
final class NodeIo {
  private static final int PAGE = 4096;

  private NodeIo() {}

  private static ByteBuffer aligned(int length) {
    return ByteBuffer.allocateDirect(length + PAGE).alignedSlice(PAGE).limit(length);
  }

  static byte[] read(Path node, long offset, int length) throws IOException {
    ByteBuffer buffer = aligned(length);
    try (FileChannel channel =
        FileChannel.open(node, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new IOException(node + " ends before " + (offset + length));
        }
      }
    }
    byte[] bytes = new byte[length];
    buffer.flip().get(bytes);
    return bytes;
  }

  /** Returns when the device has flushed it. */
  static void write(Path node, long offset, byte[] bytes) throws IOException {
    ByteBuffer buffer = aligned(bytes.length).put(bytes).flip();
    try (FileChannel channel =
        FileChannel.open(node, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
      while (buffer.hasRemaining()) {
        int _ = channel.write(buffer, offset + buffer.position());
      }
      channel.force(false);
    }
  }
}

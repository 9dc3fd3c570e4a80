package dev.obdbuild.backstore.device;

import com.sun.nio.file.ExtendedOpenOption;
import dev.obdbuild.linux.ext.BlockNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A device node as a program sees it, past the page cache. Reads and writes are whole and aligned
 * to 4096.
 */
final class NodeFile implements AutoCloseable {
  private static final int ALIGN = 4096;

  private final FileChannel channel;
  private final BlockNode node;

  NodeFile(Path path) throws IOException {
    channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
    node = BlockNode.open(path);
  }

  BlockNode node() {
    return node;
  }

  byte[] read(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length + ALIGN).alignedSlice(ALIGN).limit(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("end of device at " + (offset + buffer.position()));
      }
    }
    byte[] bytes = new byte[length];
    buffer.flip().get(bytes);
    return bytes;
  }

  void write(long offset, byte[] bytes) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(bytes.length + ALIGN).alignedSlice(ALIGN).limit(bytes.length);
    buffer.put(bytes).flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
  }

  void flush() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      node.close();
    }
  }
}

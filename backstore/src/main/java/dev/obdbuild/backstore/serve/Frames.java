package dev.obdbuild.backstore.serve;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** One end of a connection: messages with a length, within a time. For one thread; owns both. */
final class Frames implements AutoCloseable {
  private static final byte[] MAGIC = "OBDS".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 4 + 2 + 4;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;

  Frames(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.selector = Selector.open();
    channel.configureBlocking(false);
    this.key = channel.register(selector, 0);
  }

  void send(byte[] message, Duration atMost) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(HEADER + message.length);
    out.put(MAGIC).putShort((short) Wire.VERSION).putInt(message.length).put(message).flip();
    long end = System.nanoTime() + atMost.toNanos();
    while (out.hasRemaining()) {
      if (write(out) == 0) {
        await(SelectionKey.OP_WRITE, end);
      }
    }
  }

  /**
   * The next message.
   *
   * @throws EOFException when the other side is gone; so does {@link #send}
   * @throws SocketTimeoutException when it says nothing
   */
  byte[] receive(Duration atMost) throws IOException {
    long end = System.nanoTime() + atMost.toNanos();
    ByteBuffer header = fill(ByteBuffer.allocate(HEADER), end);
    byte[] magic = new byte[MAGIC.length];
    header.get(magic);
    int version = header.getShort();
    int length = header.getInt();
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("the other side is no backstore and no client of one");
    }
    if (version != Wire.VERSION) {
      throw new IOException(
          "the other side speaks version " + version + ", this one version " + Wire.VERSION);
    }
    if (length < 1 || length > Wire.MAX_LENGTH) {
      throw new IOException("a message of " + length + " bytes");
    }
    return fill(ByteBuffer.allocate(length), end).array();
  }

  private ByteBuffer fill(ByteBuffer buffer, long end) throws IOException {
    while (buffer.hasRemaining()) {
      int read = read(buffer);
      if (read < 0) {
        throw new EOFException("the connection ended");
      }
      if (read == 0) {
        await(SelectionKey.OP_READ, end);
      }
    }
    return buffer.flip();
  }

  private int write(ByteBuffer out) throws IOException {
    try {
      return channel.write(out);
    } catch (IOException e) {
      throw gone(e); // "Broken pipe", and of no class of its own
    }
  }

  private int read(ByteBuffer buffer) throws IOException {
    try {
      return channel.read(buffer);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private static EOFException gone(IOException cause) {
    EOFException gone = new EOFException("the connection ended: " + cause.getMessage());
    gone.initCause(cause);
    return gone;
  }

  /** Returns when the other side ends the connection. */
  void awaitEnd() throws IOException {
    ByteBuffer any = ByteBuffer.allocate(1);
    while (read(any.clear()) >= 0) {
      key.interestOps(SelectionKey.OP_READ);
      selector.select();
      selector.selectedKeys().clear();
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  private void await(int what, long end) throws IOException {
    key.interestOps(what);
    long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
    if (left <= 0 || selector.select(left) == 0 && System.nanoTime() - end >= 0) {
      throw new SocketTimeoutException("the other side does not answer");
    }
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted while waiting for the other side");
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      selector.close();
    }
  }
}

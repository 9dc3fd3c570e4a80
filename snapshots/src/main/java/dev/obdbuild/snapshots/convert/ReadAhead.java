package dev.obdbuild.snapshots.convert;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Reads a stream on its own thread, a bounded number of blocks ahead, and hashes it there. */
final class ReadAhead extends InputStream {
  /** Opens the stream on the reading thread. */
  @FunctionalInterface
  interface Opening {
    InputStream open() throws IOException;
  }

  private static final int BLOCK = 256 << 10;
  private static final int BLOCKS = 16;

  /** A piece of the stream, its end, or its failure. */
  private record Piece(byte[] bytes, boolean end, @Nullable IOException failure) {}

  private final BlockingQueue<Piece> queue = new ArrayBlockingQueue<>(BLOCKS);
  private final Thread reader;
  private volatile boolean closed;
  private Piece current = new Piece(new byte[0], false, null);
  private int position;

  ReadAhead(String name, Opening opening, MessageDigest hash) {
    reader = Thread.ofPlatform().daemon().name("unpack-" + name).start(() -> pump(opening, hash));
  }

  private void pump(Opening opening, MessageDigest hash) {
    try {
      InputStream in = opening.open();
      while (!closed) {
        byte[] block = in.readNBytes(BLOCK);
        hash.update(block);
        if (block.length < BLOCK) {
          queue.put(new Piece(block, false, null));
          queue.put(new Piece(new byte[0], true, null));
          return;
        }
        queue.put(new Piece(block, false, null));
      }
    } catch (IOException e) {
      offer(new Piece(new byte[0], true, e));
    } catch (RuntimeException | Error e) {
      offer(new Piece(new byte[0], true, new IOException("layer could not be read", e)));
    } catch (InterruptedException e) {
      // Only close() interrupts: nobody reads any more.
      closed = true;
    }
  }

  private void offer(Piece piece) {
    try {
      queue.put(piece);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public int read() throws IOException {
    return fill() ? current.bytes[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, current.bytes.length - position);
    System.arraycopy(current.bytes, position, to, offset, n);
    position += n;
    return n;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = 0;
    while (skipped < count && fill()) {
      int n = (int) Math.min(count - skipped, current.bytes.length - position);
      position += n;
      skipped += n;
    }
    return skipped;
  }

  /** Makes sure that a byte is there; false at the end. */
  private boolean fill() throws IOException {
    while (position == current.bytes.length) {
      if (current.failure != null) {
        throw new IOException(current.failure.getMessage(), current.failure);
      }
      if (current.end) {
        return false;
      }
      try {
        current = queue.take();
        position = 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while a layer was being unpacked", e);
      }
    }
    return true;
  }

  /** Ends the reading thread and waits for it. */
  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    queue.clear();
    boolean interrupted = false;
    while (reader.isAlive()) {
      try {
        reader.join(1000);
        queue.clear();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

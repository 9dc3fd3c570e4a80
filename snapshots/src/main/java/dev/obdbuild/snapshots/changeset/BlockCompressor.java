package dev.obdbuild.snapshots.changeset;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * Compresses a stream block by block on other threads. The bytes that come out do not depend on how
 * many those are. Belongs to one thread; closing it ends the file and closes the stream below.
 */
final class BlockCompressor extends OutputStream {
  private final OutputStream out;
  private final BlockCodec codec;
  private final Executor threads;
  private final int ahead;
  private final Deque<FutureTask<byte[]>> running = new ArrayDeque<>();
  private byte[] before = new byte[0];
  private byte[] block;
  private int filled;
  private boolean closed;

  /**
   * @param ahead blocks that may be in work at a time
   */
  BlockCompressor(OutputStream out, BlockCodec codec, Executor threads, int ahead)
      throws IOException {
    this.out = out;
    this.codec = codec;
    this.threads = threads;
    this.ahead = ahead;
    this.block = new byte[codec.blockSize()];
    out.write(codec.head());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (filled == block.length) {
        start(false);
      }
      int n = Math.min(length - done, block.length - filled);
      System.arraycopy(bytes, from + done, block, filled, n);
      filled += n;
      done += n;
    }
  }

  private void start(boolean last) throws IOException {
    if (running.size() == ahead) {
      takeFirst();
    }
    byte[] previous = before;
    byte[] mine = block;
    int length = filled;
    codec.passed(mine, length);
    FutureTask<byte[]> task = new FutureTask<>(() -> codec.compress(previous, mine, length, last));
    running.add(task);
    threads.execute(task);
    before = mine;
    block = last ? mine : new byte[mine.length];
    filled = 0;
  }

  private void takeFirst() throws IOException {
    try {
      out.write(running.remove().get());
    } catch (ExecutionException e) {
      throw new IOException("a layer could not be compressed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a layer was compressed", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      start(true);
      while (!running.isEmpty()) {
        takeFirst();
      }
      out.write(codec.tail());
    }
  }
}

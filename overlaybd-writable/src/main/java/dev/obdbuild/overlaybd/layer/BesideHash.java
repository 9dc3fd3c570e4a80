package dev.obdbuild.overlaybd.layer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of a stream, taken by a thread of its own while the caller reads or writes the next
 * bytes. Lends a few buffers in turn, one at a time. For one caller at a time.
 *
 * <p>A stream that fits in one buffer is hashed by the caller: most layers are that small.
 */
final class BesideHash implements Closeable {
  static final int BUFFER = 512 << 10;
  private static final int BUFFERS = 4;

  private final Arena arena = Arena.ofShared();
  private final MessageDigest digest = newSha256();
  private final List<MemorySegment> buffers = new ArrayList<>();

  /** One per buffer that is not free, oldest first. */
  private final ArrayDeque<Future<?>> hashing = new ArrayDeque<>();

  private int next;
  private @Nullable ExecutorService thread;

  /** Of all bytes of a file, by positional reads. */
  static byte[] of(FileChannel channel) throws IOException {
    try (BesideHash hash = new BesideHash()) {
      long size = channel.size();
      for (long at = 0; at < size; ) {
        MemorySegment buffer = hash.buffer();
        int count = channel.read(buffer.asByteBuffer(), at);
        if (count < 0) {
          throw new IOException("file became shorter than " + size + " bytes while it was hashed");
        }
        at += count;
        if (at < size) {
          hash.add(count);
        } else {
          return hash.finish(count);
        }
      }
      return hash.finish(0);
    }
  }

  /** The buffer to fill next; waits until what was in it is hashed. */
  MemorySegment buffer() throws IOException {
    if (hashing.size() == BUFFERS) {
      await(hashing.remove());
    }
    if (next == buffers.size()) {
      buffers.add(arena.allocate(BUFFER, 4096));
    }
    return buffers.get(next);
  }

  /** Begins to hash the first bytes of the buffer, which must not change until it is lent again. */
  void add(int bytes) {
    ExecutorService running = thread;
    if (running == null) {
      running =
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("seal-hash-", 0).factory());
      thread = running;
    }
    MemorySegment part = buffers.get(next).asSlice(0, bytes);
    hashing.add(running.submit(() -> digest.update(part.asByteBuffer())));
    next = (next + 1) % BUFFERS;
  }

  /** The digest, the first bytes of the buffer being the last of the stream. */
  byte[] finish(int bytes) throws IOException {
    while (!hashing.isEmpty()) {
      await(hashing.remove());
    }
    if (bytes > 0) {
      digest.update(buffers.get(next).asSlice(0, bytes).asByteBuffer());
    }
    return digest.digest();
  }

  private static void await(Future<?> running) throws IOException {
    try {
      running.get();
    } catch (ExecutionException e) {
      throw new IOException("hashing failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted while hashing").initCause(e);
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Waits for the thread, which reads the buffers that go now. */
  @Override
  public void close() {
    ExecutorService running = thread;
    if (running != null) {
      running.close();
    }
    arena.close();
  }
}

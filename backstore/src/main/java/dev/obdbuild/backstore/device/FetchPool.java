package dev.obdbuild.backstore.device;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that carry out reads which may wait for a registry, for all devices of an exporter. Each
 * thread has a buffer of its own, so what is under way is bounded; what waits is a few words each,
 * and the kernel bounds their number. Threads start when they are needed and stay.
 *
 * @param <B> the buffers
 */
final class FetchPool<B> implements AutoCloseable {
  private final String name;
  private final int limit;
  private final Supplier<B> buffers;
  private final Consumer<B> release;
  private final Deque<Read<B>> queue = new ArrayDeque<>();
  private final List<Object> running = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private int idle;
  private boolean closed;

  private record Read<B>(Object server, Consumer<B> fetch) {}

  /**
   * @param name of the threads
   * @param limit how many threads, at most
   * @param release frees a buffer
   */
  FetchPool(String name, int limit, Supplier<B> buffers, Consumer<B> release) {
    this.name = name;
    this.limit = limit;
    this.buffers = buffers;
    this.release = release;
  }

  /**
   * Takes over a read of a server.
   *
   * @param fetch answers it and never fails
   * @return false where there is no memory for that: the caller has to carry it out himself
   */
  synchronized boolean submit(Object server, Consumer<B> fetch) {
    try {
      Read<B> read = new Read<>(server, fetch);
      if (idle <= queue.size() && threads.size() < limit && !grow() && threads.isEmpty()) {
        return false;
      }
      queue.add(read);
    } catch (OutOfMemoryError e) {
      return false; // nothing was taken yet
    }
    notifyAll();
    return true;
  }

  /** One thread more; false where there is no memory for it. */
  private boolean grow() {
    B buffer;
    try {
      buffer = buffers.get();
    } catch (OutOfMemoryError e) {
      return false;
    }
    try {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name(name + "-" + threads.size())
              .unstarted(() -> serve(buffer));
      thread.start();
      threads.add(thread);
      return true;
    } catch (OutOfMemoryError e) {
      release.accept(buffer);
      return false;
    }
  }

  private void serve(B buffer) {
    try {
      for (Read<B> read = take(); read != null; read = take()) {
        try {
          read.fetch().accept(buffer);
        } finally {
          done(read);
        }
      }
    } finally {
      release.accept(buffer);
    }
  }

  private synchronized @Nullable Read<B> take() {
    idle++;
    while (queue.isEmpty() && !closed) {
      await();
    }
    idle--;
    if (queue.isEmpty()) {
      return null;
    }
    Read<B> read = queue.remove();
    running.add(read.server());
    return read;
  }

  private synchronized void done(Read<B> read) {
    running.remove(read.server());
    notifyAll();
  }

  /** Waits until no read of a server is left; its serving threads have ended before. */
  synchronized void drain(Object server) {
    queue.removeIf(
        read -> read.server().equals(server)); // the session is over: nobody waits for the answer
    while (running.contains(server)) {
      await();
    }
  }

  private void await() {
    try {
      wait();
    } catch (InterruptedException e) {
      // Nobody interrupts the pool's own threads; who drains goes on, since what it waits for is
      // bounded by deadlines.
      Thread.interrupted();
    }
  }

  /** Ends the threads; devices have been closed before. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}

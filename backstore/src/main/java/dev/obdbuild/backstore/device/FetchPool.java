package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.fuse.FuseReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Threads that carry out reads which may wait for a registry, for all devices of an exporter. Each
 * thread has a buffer of its own, so what is under way is bounded; what waits is a few words each,
 * and the kernel bounds their number. Threads start when they are needed and stay.
 */
final class FetchPool implements AutoCloseable {
  private final ServeOptions options;
  private final Deque<Read> queue = new ArrayDeque<>();
  private final List<FuseServer> running = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private int idle;
  private boolean closed;

  private record Read(FuseServer server, long unique, long offset, int size) {}

  FetchPool(ServeOptions options) {
    this.options = options;
  }

  /** Takes over a READ of a server. */
  synchronized void submit(FuseServer server, long unique, long offset, int size) {
    queue.add(new Read(server, unique, offset, size));
    if (idle < queue.size() && threads.size() < options.fetchThreads()) {
      // Made here, so that a lack of memory fails the caller's connection and not a thread that
      // others rely on.
      FuseReply reply = new FuseReply(options.maxTransfer());
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .name("fuse-fetch-" + threads.size())
              .unstarted(() -> serve(reply));
      threads.add(thread);
      thread.start();
    }
    notifyAll();
  }

  private void serve(FuseReply buffer) {
    try (FuseReply reply = buffer) {
      for (Read read = take(); read != null; read = take()) {
        try {
          read.server().fetch(read.unique(), read.offset(), read.size(), reply);
        } finally {
          done(read);
        }
      }
    }
  }

  private synchronized @Nullable Read take() {
    idle++;
    while (queue.isEmpty() && !closed) {
      await();
    }
    idle--;
    if (queue.isEmpty()) {
      return null;
    }
    Read read = queue.remove();
    running.add(read.server());
    return read;
  }

  private synchronized void done(Read read) {
    running.remove(read.server());
    notifyAll();
  }

  /** Waits until no read of a server is left; its serving threads have ended before. */
  synchronized void drain(FuseServer server) {
    queue.removeIf(
        read -> read.server() == server); // the session is over: nobody waits for the answer
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

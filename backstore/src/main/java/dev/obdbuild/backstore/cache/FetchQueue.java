package dev.obdbuild.backstore.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The threads that fetch, for all blobs of a cache. What somebody waits for goes first, and some
 * threads do nothing else, so that it never waits behind what is only fetched ahead. Platform
 * threads, since a served mount waits for them; they start when needed. Thread-safe.
 */
final class FetchQueue implements AutoCloseable {

  private static final int THREADS = 32;

  private static final int ROOM =
      (int) Math.clamp(Runtime.getRuntime().maxMemory() / 8 / BlockCache.BLOCK, 128, 4096);

  /** So many at most fetch what nobody waits for yet. */
  static final int AHEAD = 8;

  private final Deque<Flight> demanded = new ArrayDeque<>();
  private final Deque<Flight> ahead = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private int idle;
  private int fetchingAhead;
  private int underWay;

  /** Blocks that may be under way at once: what is fetched takes an eighth of the heap at most. */
  private final Semaphore room = new Semaphore(ROOM, true);

  private boolean closed;

  /** Somebody waits for a flight that has not begun: it goes first. Twice is no harm. */
  synchronized void demand(Flight flight) {
    add(demanded, flight);
  }

  /** A flight that nobody waits for yet. */
  synchronized void ahead(Flight flight) {
    add(ahead, flight);
  }

  private void add(Deque<Flight> queue, Flight flight) {
    if (closed) {
      flight.refuse("the block cache is closed");
      return;
    }
    queue.add(flight);
    if (idle < demanded.size() + ahead.size() && threads.size() < THREADS) {
      Thread thread =
          Thread.ofPlatform().daemon().name("block-fetch-" + threads.size()).unstarted(this::serve);
      threads.add(thread);
      thread.start();
    }
    notify();
  }

  /** Whether nothing is fetched and nothing waits to be, background fetches apart. */
  synchronized boolean isQuiet() {
    return underWay == 0 && demanded.isEmpty() && ahead.isEmpty();
  }

  /** Carries a flight out in the calling thread, unless somebody else has begun it. */
  void fly(Flight flight) {
    int blocks = Math.min(flight.last() - flight.first() + 1, ROOM);
    count(1);
    room.acquireUninterruptibly(blocks);
    try {
      flight.fly();
    } finally {
      room.release(blocks);
      count(-1);
    }
  }

  private synchronized void count(int change) {
    underWay += change;
  }

  private record Task(Flight flight, boolean ahead) {}

  private void serve() {
    while (true) {
      try {
        Task task = take();
        if (task == null) {
          return;
        }
        carryOut(task);
      } catch (OutOfMemoryError e) {
        // Who waits for a flight has been told, or flies it himself; others come after it.
        continue;
      }
    }
  }

  private void carryOut(Task task) {
    try {
      fly(task.flight());
    } finally {
      if (task.ahead()) {
        endAhead();
      }
    }
  }

  private synchronized @Nullable Task take() {
    idle++;
    try {
      while (!closed) {
        Flight next = demanded.peek();
        if (next != null) {
          Task task = new Task(next, false); // before it is taken: memory may lack
          demanded.remove();
          return task;
        }
        if (fetchingAhead < AHEAD && !ahead.isEmpty()) {
          Task task = new Task(ahead.element(), true);
          ahead.remove();
          fetchingAhead++;
          return task;
        }
        wait();
      }
      return null;
    } catch (InterruptedException e) {
      // Nobody interrupts these threads but a JVM that ends.
      Thread.currentThread().interrupt();
      return null;
    } finally {
      idle--;
    }
  }

  private synchronized void endAhead() {
    fetchingAhead--;
    notify();
  }

  /** Refuses what has not begun; what is under way comes to its end. */
  @Override
  public void close() {
    List<Flight> waiting = new ArrayList<>();
    synchronized (this) {
      closed = true;
      waiting.addAll(demanded);
      waiting.addAll(ahead);
      demanded.clear();
      ahead.clear();
      notifyAll();
    }
    waiting.forEach(flight -> flight.refuse("the block cache is closed"));
  }
}

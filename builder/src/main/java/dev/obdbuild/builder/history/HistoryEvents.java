package dev.obdbuild.builder.history;

import dev.obdbuild.protos.control.BuildHistoryEvent;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Events of the history as one listener asked for them: first what is there, then what happens. One
 * thread reads; any thread may close, which ends a read that waits.
 */
public final class HistoryEvents implements AutoCloseable {

  private static final int MOST_WAITING = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<BuildHistoryEvent> waiting;
  private final Predicate<BuildHistoryEvent> wanted;
  private final boolean follows;
  private final Runnable leave;
  private boolean closed;
  private boolean overrun;

  /**
   * @param past what is there
   * @param wanted which later events are told
   * @param follows whether there are later events
   * @param leave called when closed
   */
  HistoryEvents(
      Collection<BuildHistoryEvent> past,
      Predicate<BuildHistoryEvent> wanted,
      boolean follows,
      Runnable leave) {
    this.waiting = new ArrayDeque<>(past);
    this.wanted = wanted;
    this.follows = follows;
    this.leave = leave;
  }

  /**
   * The next event; empty when there will be none or this was closed.
   *
   * @throws IllegalStateException when events came faster than they were read
   */
  public Optional<BuildHistoryEvent> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && follows && !closed && !overrun) {
        changed.await();
      }
      if (closed) {
        return Optional.empty();
      }
      if (waiting.isEmpty() && overrun) {
        throw new IllegalStateException(
            "the listener fell " + MOST_WAITING + " events of the history behind");
      }
      return Optional.ofNullable(waiting.poll());
    } finally {
      lock.unlock();
    }
  }

  boolean follows() {
    return follows;
  }

  /** Tells a later event. */
  void offer(BuildHistoryEvent event) {
    lock.lock();
    try {
      if (closed || overrun || !wanted.test(event)) {
        return;
      }
      if (waiting.size() >= MOST_WAITING) {
        overrun = true;
      } else {
        waiting.add(event);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    leave.run();
  }
}

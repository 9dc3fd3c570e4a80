package dev.obdbuild.builder.usage;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Work that is done once, some time after it was asked for, on a thread of its own: what tidies up
 * behind builds without being in their way. Whoever asks never waits; what is asked for before a
 * run begins is one run. Thread-safe.
 */
public final class DelayedRun implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Duration delay;
  private final Runnable work;
  private final boolean anew;
  private boolean requested;
  private boolean closed;

  /**
   * @param name of the thread
   * @param delay between being asked and a run
   * @param work deals with its own failures
   */
  public DelayedRun(String name, Duration delay, Runnable work) {
    this(name, delay, false, work);
  }

  private DelayedRun(String name, Duration delay, boolean anew, Runnable work) {
    this.delay = delay;
    this.anew = anew;
    this.work = work;
    Thread.ofVirtual().name(name).start(this::run);
  }

  /**
   * Runs once nobody has asked for a while.
   *
   * @param delay between being asked for the last time and a run
   */
  public static DelayedRun afterQuiet(String name, Duration delay, Runnable work) {
    return new DelayedRun(name, delay, true, work);
  }

  /** Asks for a run. */
  public void request() {
    lock.lock();
    try {
      requested = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (awaitTurn()) {
        work.run();
      }
    } catch (InterruptedException e) {
      // Nobody has this thread to interrupt it; being interrupted means to end.
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  private boolean awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      while (!requested && !closed) {
        changed.await();
      }
      long left = delay.toNanos();
      requested = false;
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
        if (anew && requested) {
          requested = false;
          left = delay.toNanos();
        }
      }
      requested = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Makes no run any more and waits for one that goes on, even when interrupted. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

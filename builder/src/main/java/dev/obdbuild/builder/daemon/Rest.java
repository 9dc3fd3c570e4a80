package dev.obdbuild.builder.daemon;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Gives memory back to the host when no build has run for a while: the heap shrinks at a full
 * collection only, and without builds there is none. Thread-safe.
 */
final class Rest implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Duration delay;
  private final BooleanSupplier idle;
  private boolean requested;
  private boolean closed;

  /**
   * @param delay between the last build and the rest
   * @param idle whether no build runs
   */
  Rest(Duration delay, BooleanSupplier idle) {
    this.delay = delay;
    this.idle = idle;
    Thread.ofVirtual().name("rest").start(this::work);
  }

  /** A build has ended. */
  void request() {
    lock.lock();
    try {
      requested = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      while (awaitTurn()) {
        if (idle.getAsBoolean()) {
          System.gc();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      while (!requested && !closed) {
        changed.await();
      }
      // Each build that ends meanwhile begins the wait anew.
      while (requested && !closed) {
        requested = false;
        long left = delay.toNanos();
        while (!closed && !requested && left > 0) {
          left = changed.awaitNanos(left);
        }
      }
      return !closed;
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
  }
}

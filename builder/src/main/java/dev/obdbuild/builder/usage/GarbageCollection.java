package dev.obdbuild.builder.usage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Carries out the rules of the garbage collection some time after it was asked to, on a thread of
 * its own. Whoever asks never waits; what is asked meanwhile becomes one more run. Thread-safe.
 */
public final class GarbageCollection implements AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Usage usage;
  private final List<GcPolicy> policies;
  private final Duration delay;
  private final Consumer<Exception> failed;
  private boolean requested;
  private boolean closed;

  /**
   * @param delay between being asked and a run
   * @param failed told when a run fails; the next request tries again
   */
  public GarbageCollection(
      Usage usage, List<GcPolicy> policies, Duration delay, Consumer<Exception> failed) {
    this.usage = usage;
    this.policies = List.copyOf(policies);
    this.delay = delay;
    this.failed = failed;
    Thread.ofVirtual().name("garbage collection").start(this::work);
  }

  /** Its rules. */
  public List<GcPolicy> policies() {
    return policies;
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

  /** Carries out the rules now, on the caller's thread. */
  public void run() throws IOException {
    long disk = usage.diskBytes();
    for (GcPolicy policy : policies) {
      usage.prune(policy.order(disk), item -> {});
    }
  }

  private void work() {
    try {
      while (awaitTurn()) {
        try {
          run();
        } catch (IOException | RuntimeException e) {
          failed.accept(e);
        }
      }
    } catch (InterruptedException e) {
      failed.accept(e);
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
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      requested = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a run that goes on, and makes none any more. */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the garbage collection", e);
    }
  }
}

package dev.obdbuild.solver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A cancellation that its owner brings about. One made below another comes with that other; it is
 * closed to let go of its parent.
 */
public final class CancellationSource implements Cancellation, AutoCloseable {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Runnable> actions = new LinkedHashMap<>();
  private final Registration parent;
  private volatile boolean cancelled;

  /** One that comes only by {@link #cancel}. */
  public CancellationSource() {
    this(Cancellation.never());
  }

  /** One that comes by {@link #cancel} or with another. */
  public CancellationSource(Cancellation above) {
    this.parent = above.onCancel(this::cancel);
  }

  /** Brings it about. Returns when all actions have run; a second call does nothing. */
  public void cancel() {
    List<Runnable> due;
    lock.lock();
    try {
      if (cancelled) {
        return;
      }
      cancelled = true;
      due = new ArrayList<>(actions.values());
      actions.clear();
    } finally {
      lock.unlock();
    }
    due.forEach(Runnable::run);
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public Registration onCancel(Runnable action) {
    Object token = new Object();
    lock.lock();
    try {
      if (!cancelled) {
        actions.put(token, action);
        return () -> withdraw(token);
      }
    } finally {
      lock.unlock();
    }
    action.run();
    return () -> {};
  }

  private void withdraw(Object token) {
    lock.lock();
    try {
      actions.remove(token);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of the cancellation above; does not cancel. */
  @Override
  public void close() {
    parent.close();
  }
}

package dev.obdbuild.solver;

import java.util.concurrent.CancellationException;

/**
 * Tells work that nobody wants its outcome any more. Work that blocks registers an action that
 * unblocks it; work that loops asks from time to time. Thread-safe.
 */
public sealed interface Cancellation permits CancellationSource, NeverCancelled {

  /** The text of every cancellation's exception, known to BuildKit's clients. */
  String MESSAGE = "context canceled";

  /** One that never comes. */
  static Cancellation never() {
    return new NeverCancelled();
  }

  /** Whether it has come. Once true it stays true. */
  boolean isCancelled();

  /**
   * Runs an action when the cancellation comes, on the thread that cancels; at once, on the
   * caller's thread, when it has come already. Actions must not block for long and must not throw.
   *
   * @return closes to withdraw the action; an action that is running then is not waited for
   */
  Registration onCancel(Runnable action);

  /**
   * Does nothing unless cancelled.
   *
   * @throws CancellationException with {@link #MESSAGE} when cancelled
   */
  default void throwIfCancelled() {
    if (isCancelled()) {
      throw new CancellationException(MESSAGE);
    }
  }

  /** An action that waits for a cancellation. */
  interface Registration extends AutoCloseable {

    /** Withdraws the action. Closing twice is harmless. */
    @Override
    void close();
  }
}

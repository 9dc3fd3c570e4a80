package dev.obdbuild.builder;

import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.util.concurrent.CancellationException;

/** Work that mostly waits for a registry: a cancellation interrupts the thread that does it. */
public final class CancellableCall {

  private CancellableCall() {}

  /** Work with a result. */
  @FunctionalInterface
  public interface Work<T> {
    T perform() throws IOException;
  }

  /**
   * Does the work on the calling thread.
   *
   * @throws CancellationException when it failed because the cancellation came
   */
  public static <T> T run(Cancellation cancellation, Work<T> work) throws IOException {
    cancellation.throwIfCancelled();
    Thread worker = Thread.currentThread();
    try (Cancellation.Registration registration = cancellation.onCancel(worker::interrupt)) {
      return work.perform();
    } catch (IOException | RuntimeException e) {
      if (!cancellation.isCancelled()) {
        throw e;
      }
      CancellationException cancelled = new CancellationException(Cancellation.MESSAGE);
      cancelled.initCause(e);
      throw cancelled;
    } finally {
      // Whoever cleans up behind this must not be interrupted by what was meant for the work.
      if (cancellation.isCancelled()) {
        Thread.interrupted();
      }
    }
  }
}

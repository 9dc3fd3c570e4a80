package dev.obdbuild.builder.call;

import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.CancellationSource;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The answers of one call, sent no faster than the client reads them. One thread sends.
 *
 * @param <T> the messages
 */
public final class Outgoing<T> {

  private final ServerCallStreamObserver<T> call;
  private final CancellationSource cancellation = new CancellationSource();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ready = lock.newCondition();
  private boolean ended;

  /** To be made before the service method returns. */
  public Outgoing(ServerCallStreamObserver<T> call) {
    this.call = call;
    call.setOnReadyHandler(this::wake);
    call.setOnCancelHandler(
        () -> {
          cancellation.cancel();
          wake();
        });
  }

  private void wake() {
    lock.lock();
    try {
      ready.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Comes when the client has gone away. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /**
   * Sends one message; waits while the client does not read.
   *
   * @throws CancellationException when the client has gone away
   */
  public void send(T message) {
    lock.lock();
    try {
      while (!call.isReady() && !cancellation.isCancelled()) {
        ready.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    cancellation.throwIfCancelled();
    call.onNext(message);
  }

  /**
   * Ends the call with what its work came to.
   *
   * @throws IllegalStateException with that failure, if the call has ended before
   */
  public void end(Throwable failure) {
    if (ended) {
      throw new IllegalStateException("the call had been answered", failure);
    }
    ended = true;
    if (!cancellation.isCancelled()) {
      call.onError(Statuses.exception(failure));
    }
  }

  /** Ends the call well, unless it has ended before: work may go on after its answer. */
  public void end() {
    if (!ended && !cancellation.isCancelled()) {
      ended = true;
      call.onCompleted();
    }
  }
}

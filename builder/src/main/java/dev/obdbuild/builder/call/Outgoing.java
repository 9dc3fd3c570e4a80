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

  /** Ends the call with what its work came to. */
  public void end(Throwable failure) {
    if (!cancellation.isCancelled()) {
      call.onError(Statuses.exception(failure));
    }
  }

  /** Ends the call well. */
  public void end() {
    if (!cancellation.isCancelled()) {
      call.onCompleted();
    }
  }
}

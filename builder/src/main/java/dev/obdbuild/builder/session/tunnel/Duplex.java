package dev.obdbuild.builder.session.tunnel;

import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One bidirectional call as blocking sends and receives, for either end of it. Both directions hold
 * only what is on its way. One thread may send while another receives; waiting ends with an
 * interrupt.
 *
 * @param <O> what is sent
 * @param <I> what is received
 */
public final class Duplex<O, I> implements ClientResponseObserver<O, I> {
  private final String what;
  private final int window;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<I> arrived = new ArrayDeque<>();
  private @Nullable CallStreamObserver<O> out;
  private int taken;
  private boolean sendingEnded;
  private boolean ended;
  private @Nullable Throwable failure;

  /**
   * For the end that calls: to be given to an asynchronous stub as the observer of replies.
   *
   * @param what the call is for, in errors
   * @param window most messages that wait to be received
   */
  public Duplex(String what, int window) {
    this.what = what;
    this.window = window;
  }

  /** For the end that serves: takes over a call while the service's method for it runs. */
  public static <O, I> Duplex<O, I> serving(
      String what, int window, ServerCallStreamObserver<O> out) {
    Duplex<O, I> duplex = new Duplex<>(what, window);
    out.disableAutoRequest();
    out.setOnCancelHandler(() -> duplex.end(Status.CANCELLED.asRuntimeException()));
    out.setOnReadyHandler(duplex::wake);
    duplex.out = out;
    out.request(window);
    return duplex;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<O> stream) {
    stream.disableAutoRequestWithInitial(window);
    stream.setOnReadyHandler(this::wake);
    out = stream;
  }

  private CallStreamObserver<O> out() {
    CallStreamObserver<O> stream = out;
    if (stream == null) {
      throw new IllegalStateException("the call has not started");
    }
    return stream;
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onNext(I message) {
    lock.lock();
    try {
      arrived.add(message);
      if (arrived.size() == 1) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onError(Throwable cause) {
    end(cause);
  }

  @Override
  public void onCompleted() {
    end(null);
  }

  private void end(@Nullable Throwable cause) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        failure = cause;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing can be sent: a caller that ends its half still takes answers. */
  private boolean isOver() {
    return failure != null || sendingEnded || ended && !(out() instanceof ServerCallStreamObserver);
  }

  /** Sends, and waits while the other end is behind. */
  public void send(O message) throws IOException {
    lock.lock();
    try {
      while (!isOver() && !out().isReady()) {
        changed.await();
      }
      if (isOver() && failure == null) {
        throw new IOException(what + ": the other end has ended the call");
      }
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
    sendNow(message);
  }

  /**
   * Sends without waiting: for small messages whose number is bounded, where waiting could lock
   * both ends. Where the other end has ended the call well, nobody gets it.
   */
  public void sendNow(O message) throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw CallException.of(what, failure);
      }
      if (!isOver()) {
        out().onNext(message);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next message, waited for.
   *
   * @param patience how long
   * @return null at the end
   * @throws IOException when the call failed, or patience has ended
   */
  public @Nullable I receive(Duration patience) throws IOException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (arrived.isEmpty() && !ended) {
        if (left <= 0) {
          throw new IOException(what + ": nothing came for " + patience.toSeconds() + " s");
        }
        left = changed.awaitNanos(left);
      }
      return next();
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** The next message if it is there already, else null. */
  public @Nullable I poll() throws IOException {
    lock.lock();
    try {
      return arrived.isEmpty() && failure == null ? null : next();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable I next() throws IOException {
    I message = arrived.poll();
    if (message != null) {
      // Asked for in batches: each request is a message to another thread.
      if (++taken >= Math.max(1, window / 4) && !ended) {
        out().request(taken);
        taken = 0;
      }
      return message;
    }
    if (failure != null) {
      throw CallException.of(what, failure);
    }
    return null;
  }

  /** Says that no more is sent; at the serving end, that the call went well. */
  public void finish() {
    lock.lock();
    try {
      if (!sendingEnded && failure == null) {
        sendingEnded = true;
        out().onCompleted();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the call at once. The other end sees why if it is the caller. */
  public void abort(Status why) {
    lock.lock();
    try {
      if (out() instanceof ClientCallStreamObserver<O> call) {
        call.cancel(why.getDescription(), why.asRuntimeException());
      } else if (!sendingEnded && failure == null) {
        out().onError(why.asRuntimeException());
      }
      sendingEnded = true;
    } finally {
      lock.unlock();
    }
    end(why.asRuntimeException());
  }

  private InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException(what + ": interrupted");
  }

  /** Long enough for whatever a person does at the other end. */
  public static final Duration FOREVER = Duration.ofNanos(TimeUnit.DAYS.toNanos(365));
}

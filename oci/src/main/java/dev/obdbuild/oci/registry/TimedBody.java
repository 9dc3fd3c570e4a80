package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body as a stream that does not wait for ever: a read that sees no byte for the stall
 * timeout fails. Bytes are asked for as they are read, so that memory is bounded. One reading
 * thread; any thread may close it, which ends a read that waits.
 */
public final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
  /** Lists of buffers that may wait; the HTTP client fills each with about 16 KiB. */
  private static final int AHEAD = 8;

  private sealed interface Event {}

  private record Data(List<ByteBuffer> buffers) implements Event {}

  private record End(@Nullable Throwable failure) implements Event {}

  private final Duration stall;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
  private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
  private @Nullable End end;
  private volatile boolean closed;

  /** A body that fails when no byte comes for {@code stall}. */
  public TimedBody(Duration stall) {
    this.stall = stall;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    if (!subscribed.complete(subscription) || closed) {
      subscription.cancel();
      return;
    }
    subscription.request(AHEAD);
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    events.add(new Data(item));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new End(failure));
  }

  @Override
  public void onComplete() {
    events.add(new End(null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] dst, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    ByteBuffer buffer = buffer();
    if (buffer == null) {
      return -1;
    }
    int n = Math.min(length, buffer.remaining());
    buffer.get(dst, from, n);
    return n;
  }

  /** The next buffer with bytes, or null at the end. */
  @Nullable ByteBuffer buffer() throws IOException {
    while (true) {
      ByteBuffer head = buffers.peekFirst();
      if (head != null) {
        if (head.hasRemaining()) {
          return head;
        }
        buffers.removeFirst();
        continue;
      }
      if (end != null) {
        return ended(end);
      }
      switch (take()) {
        case Data data -> {
          buffers.addAll(data.buffers());
          subscribed.join().request(1);
        }
        case End last -> end = last;
      }
    }
  }

  private Event take() throws IOException {
    if (closed) {
      throw new IOException("the answer was closed");
    }
    try {
      Event event = events.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
      if (event == null) {
        close();
        throw new HttpTimeoutException("no byte came for " + stall.toMillis() + " ms");
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw Retry.interrupted();
    }
  }

  private static @Nullable ByteBuffer ended(End end) throws IOException {
    if (end.failure() == null) {
      return null;
    }
    String message = end.failure().getMessage();
    throw new IOException(
        "the answer broke off" + (message == null ? "" : ": " + message), end.failure());
  }

  /** Ends the exchange; a connection whose answer has not come to its end is not used again. */
  @Override
  public void close() {
    closed = true;
    Flow.Subscription subscription = subscribed.getNow(null);
    if (subscription != null && end == null && events.stream().noneMatch(End.class::isInstance)) {
      subscription.cancel();
    }
    events.add(new End(new IOException("it was closed")));
  }
}

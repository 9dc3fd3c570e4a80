package dev.obdbuild.backstore.cache;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One request for neighbouring blocks of a blob. Whoever comes first carries it out, everybody else
 * waits for its bytes. Thread-safe.
 */
final class Flight {

  private final int first;
  private final int last;
  private final Flights owner;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<byte[]> landed = new CompletableFuture<>();

  Flight(int first, int last, Flights owner) {
    this.first = first;
    this.last = last;
    this.owner = owner;
  }

  int first() {
    return first;
  }

  int last() {
    return last;
  }

  boolean hasBegun() {
    return begun.get();
  }

  /** Fetches, unless that has begun elsewhere. */
  void fly() {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    try {
      byte[] bytes = owner.fetch(this);
      owner.end(this);
      landed.complete(bytes);
    } catch (IOException | RuntimeException | Error e) {
      owner.end(this);
      landed.completeExceptionally(e);
    }
  }

  /** Fails it, unless it has begun. */
  void refuse(String why) {
    if (begun.compareAndSet(false, true)) {
      owner.end(this);
      landed.completeExceptionally(new IOException(why));
    }
  }

  /** Waits for the bytes of all its blocks. */
  byte[] bytes() throws IOException {
    try {
      return landed.get();
    } catch (ExecutionException e) {
      // A new exception for every reader: one that is thrown in many threads would mix their
      // traces.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      // Which is why a lack of memory, too, becomes one with a cause; who serves devices waits
      // then.
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a remote block", e);
    }
  }
}

package dev.obdbuild.solver;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** Values that are computed once each, on threads of their own. */
final class Memo<K, V> {

  private final Map<K, CompletableFuture<V>> values = new ConcurrentHashMap<>();
  private final Executor threads;

  Memo(Executor threads) {
    this.threads = threads;
  }

  /** The value of a key, being computed or there already. */
  CompletableFuture<V> start(K key, Callable<V> work) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> other = values.putIfAbsent(key, mine);
    if (other != null) {
      return other;
    }
    launch(threads, mine, work);
    return mine;
  }

  /** The value of a key if it was computed. */
  Optional<V> done(K key) {
    CompletableFuture<V> value = values.get(key);
    return value == null || value.state() != Future.State.SUCCESS
        ? Optional.empty()
        : Optional.of(value.resultNow());
  }

  /** Computes a value on a thread of its own; after the threads' end it counts as cancelled. */
  static <V> void launch(Executor threads, CompletableFuture<V> future, Callable<V> work) {
    try {
      threads.execute(() -> complete(future, work));
    } catch (RejectedExecutionException e) {
      future.completeExceptionally(new CancellationException(Cancellation.MESSAGE));
    }
  }

  static <V> void complete(CompletableFuture<V> future, Callable<V> work) {
    try {
      future.complete(work.call());
    } catch (Throwable e) { // whoever waits gets it, errors of the machine too
      future.completeExceptionally(e);
    }
  }

  /**
   * Waits for a value.
   *
   * @throws Exception what the computation threw
   */
  static <V> V await(CompletableFuture<V> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case Exception cause -> throw cause;
        case null, default -> throw e;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException(Cancellation.MESSAGE);
    }
  }
}

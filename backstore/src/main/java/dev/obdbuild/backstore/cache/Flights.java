package dev.obdbuild.backstore.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntPredicate;

/** The fetches under way for one blob: a block has at most one. Thread-safe. */
final class Flights {

  private final ExecutorService fetchers;
  private final Fetch fetch;
  private final Map<Integer, CompletableFuture<Void>> pending = new HashMap<>();

  /** Brings blocks into the cache. */
  @FunctionalInterface
  interface Fetch {
    void fetch(int first, int last) throws IOException;
  }

  private record Run(int first, int last, CompletableFuture<Void> done) {}

  Flights(ExecutorService fetchers, Fetch fetch) {
    this.fetchers = fetchers;
    this.fetch = fetch;
  }

  /** Starts what is missing and waits until all of a range is there. */
  void await(int first, int last, int maxRun, IntPredicate present) throws IOException {
    List<CompletableFuture<Void>> others = new ArrayList<>();
    List<Run> mine = claim(first, last, maxRun, present, others);
    // The caller fetches one run itself: a lone reader needs no other thread.
    for (Run run : mine.isEmpty() ? mine : mine.subList(1, mine.size())) {
      submit(run);
      others.add(run.done());
    }
    if (!mine.isEmpty()) {
      fly(mine.getFirst());
      others.add(mine.getFirst().done());
    }
    for (CompletableFuture<Void> other : others) {
      join(other);
    }
  }

  /** Starts what is missing and waits for nothing. A failure shows when somebody reads there. */
  void launch(int first, int last, int maxRun, IntPredicate present) {
    claim(first, last, maxRun, present, new ArrayList<>()).forEach(this::submit);
  }

  /** Takes the blocks that nobody fetches, as runs of neighbours. */
  private synchronized List<Run> claim(
      int first, int last, int maxRun, IntPredicate present, List<CompletableFuture<Void>> others) {
    List<Run> runs = new ArrayList<>();
    int start = -1;
    for (int b = first; b <= last + 1; b++) {
      CompletableFuture<Void> flight = b > last ? null : pending.get(b);
      boolean free = b <= last && flight == null && !present.test(b);
      if (flight != null && (others.isEmpty() || others.getLast() != flight)) {
        others.add(flight);
      }
      if (start >= 0 && (!free || b - start == maxRun)) {
        runs.add(new Run(start, b - 1, new CompletableFuture<>()));
        start = -1;
      }
      if (free && start < 0) {
        start = b;
      }
    }
    for (Run run : runs) {
      for (int b = run.first(); b <= run.last(); b++) {
        pending.put(b, run.done());
      }
    }
    return runs;
  }

  private void submit(Run run) {
    try {
      fetchers.execute(() -> fly(run));
    } catch (RejectedExecutionException e) {
      end(run);
      run.done().completeExceptionally(new IOException("the block cache is closed", e));
    }
  }

  private void fly(Run run) {
    try {
      fetch.fetch(run.first(), run.last());
      end(run);
      run.done().complete(null);
    } catch (IOException | RuntimeException | Error e) {
      end(run);
      run.done().completeExceptionally(e);
    }
  }

  private synchronized void end(Run run) {
    for (int b = run.first(); b <= run.last(); b++) {
      pending.remove(b);
    }
  }

  private static void join(CompletableFuture<Void> flight) throws IOException {
    try {
      flight.get();
    } catch (ExecutionException e) {
      // A new exception for every reader: one that is thrown in many threads would mix their
      // traces.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a remote block", e);
    }
  }
}

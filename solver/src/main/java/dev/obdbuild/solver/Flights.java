package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.ProgressSink;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Work that is under way, by key, so that equal work is done once. The work goes on as long as
 * somebody waits for it; when the last one gives up it is cancelled, and that last one waits until
 * it has ended. Thread-safe.
 */
final class Flights<R> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Id, Flight<R>> running = new HashMap<>();

  /** Forced work never joins work that may end with a known result. */
  record Id(Digest key, boolean forced) {}

  /** Somebody who wants the work done, and could do it. */
  record Passenger<R>(Body<R> body, ProgressSink sink, Digest vertex, Cancellation cancellation) {}

  /** The work itself. */
  @FunctionalInterface
  interface Body<R> {
    Outcome<R> run(OpContext context) throws Exception;
  }

  /**
   * How it ended.
   *
   * @param own whether this passenger's body did the work
   */
  record Landing<R>(Outcome<R> outcome, boolean own) {}

  private static final class Flight<R> {
    final ProgressFan fan = new ProgressFan();
    final CancellationSource cancellation = new CancellationSource();
    final CompletableFuture<Outcome<R>> done = new CompletableFuture<>();
    // Guarded by the lock of Flights.
    int waiting = 1;
    boolean leaderLeft;
  }

  /**
   * Does the work or waits for whoever does it.
   *
   * @throws CancellationException when the passenger's cancellation came first
   * @throws Exception what the work threw
   */
  Landing<R> join(Id id, Passenger<R> passenger) throws Exception {
    while (true) {
      passenger.cancellation().throwIfCancelled();
      boolean leads = false;
      boolean ending = false;
      Flight<R> flight;
      lock.lock();
      try {
        flight = running.get(id);
        if (flight == null) {
          flight = new Flight<>();
          running.put(id, flight);
          leads = true;
        } else if (flight.waiting == 0) {
          ending = true; // everyone gave it up; it cannot be revived
        } else {
          flight.waiting++;
        }
      } finally {
        lock.unlock();
      }
      if (ending) {
        awaitEnd(flight);
        continue;
      }
      if (leads) {
        launch(id, flight, passenger);
      }
      await(flight, passenger, leads);
      try {
        return new Landing<>(Memo.await(flight.done), leads);
      } catch (Exception e) {
        if (leads || !left(flight)) {
          throw e;
        }
        // It may have failed because what its leader lent it is gone: try it ourselves.
      }
    }
  }

  private void launch(Id id, Flight<R> flight, Passenger<R> passenger) {
    OpContext context =
        new OpContext(
            flight.cancellation,
            new OpProgress(flight.fan, passenger.vertex(), InstantSource.system()),
            Optional.of(id.key()));
    Thread.ofVirtual()
        .name("step-" + id.key().hex().substring(0, 12))
        .start(
            () -> {
              CompletableFuture<Outcome<R>> result = new CompletableFuture<>();
              Memo.complete(result, () -> passenger.body().run(context));
              land(id, flight, result);
            });
  }

  private void land(Id id, Flight<R> flight, CompletableFuture<Outcome<R>> result) {
    lock.lock();
    try {
      running.remove(id);
    } finally {
      lock.unlock();
    }
    result.whenComplete(
        (outcome, error) -> {
          if (error == null) {
            flight.done.complete(outcome);
          } else {
            flight.done.completeExceptionally(error);
          }
        });
  }

  /** Returns when the flight has ended; throws when the passenger gave up before. */
  private void await(Flight<R> flight, Passenger<R> passenger, boolean leads) {
    CompletableFuture<Boolean> wake = new CompletableFuture<>();
    flight.done.whenComplete((outcome, error) -> wake.complete(true));
    try (Cancellation.Registration listening =
            flight.fan.add(passenger.sink(), passenger.vertex());
        Cancellation.Registration cancelling =
            passenger.cancellation().onCancel(() -> wake.complete(false))) {
      wake.join();
    }
    boolean last;
    lock.lock();
    try {
      flight.waiting--;
      last = flight.waiting == 0;
      flight.leaderLeft |= leads;
    } finally {
      lock.unlock();
    }
    if (flight.done.isDone()) {
      return;
    }
    if (last) {
      flight.cancellation.cancel();
      awaitEnd(flight);
    }
    throw new CancellationException(Cancellation.MESSAGE);
  }

  int waiting() {
    lock.lock();
    try {
      return running.values().stream().mapToInt(flight -> flight.waiting).sum();
    } finally {
      lock.unlock();
    }
  }

  private static void awaitEnd(Flight<?> flight) {
    flight.done.handle((outcome, error) -> true).join();
  }

  private boolean left(Flight<R> flight) {
    lock.lock();
    try {
      return flight.leaderLeft;
    } finally {
      lock.unlock();
    }
  }
}

package dev.obdbuild.backstore.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** The flights of one blob that have not landed: a block has at most one. Thread-safe. */
final class Flights {

  private final FetchQueue queue;
  private final Fetch fetch;
  private final Map<Integer, Flight> pending = new HashMap<>();

  /** Gets the bytes of blocks, and keeps them if it can. */
  @FunctionalInterface
  interface Fetch {
    byte[] fetch(int first, int last) throws IOException;
  }

  /**
   * Which blocks to get.
   *
   * @param unit requests begin and end at multiples of so many blocks, where nothing is there yet
   * @param maxRun longest request, in blocks; a multiple of {@code unit}
   */
  record Wanted(int first, int last, int unit, int maxRun) {}

  Flights(FetchQueue queue, Fetch fetch) {
    this.queue = queue;
    this.fetch = fetch;
  }

  byte[] fetch(Flight flight) throws IOException {
    return fetch.fetch(flight.first(), flight.last());
  }

  /**
   * The flights that bring what is missing, those of others included, ascending. New ones have not
   * begun: they are the caller's to start.
   */
  synchronized List<Flight> cover(Wanted wanted, int blocks, IntPredicate present) {
    List<Flight> flights = new ArrayList<>();
    int b = wanted.first();
    while (b <= wanted.last()) {
      Flight there = pending.get(b);
      if (there != null) {
        flights.add(there);
        b = there.last() + 1;
      } else if (present.test(b)) {
        b++;
      } else {
        Flight made = make(b, wanted, blocks, present);
        flights.add(made);
        b = made.last() + 1;
      }
    }
    return flights;
  }

  private Flight make(int block, Wanted wanted, int blocks, IntPredicate present) {
    int first = block;
    int floor = block - block % wanted.unit();
    while (first > floor && isFree(first - 1, present)) {
      first--;
    }
    int last = block;
    int end = wanted.last() - wanted.last() % wanted.unit() + wanted.unit() - 1;
    int ceiling = Math.min(Math.min(end, first + wanted.maxRun() - 1), blocks - 1);
    while (last < ceiling && isFree(last + 1, present)) {
      last++;
    }
    Flight flight = new Flight(first, last, this);
    for (int b = first; b <= last; b++) {
      pending.put(b, flight);
    }
    return flight;
  }

  private boolean isFree(int block, IntPredicate present) {
    return !pending.containsKey(block) && !present.test(block);
  }

  /** Starts flights that nobody waits for. A failure shows when somebody reads there. */
  void launch(List<Flight> flights) {
    for (Flight flight : flights) {
      if (!flight.hasBegun()) {
        queue.ahead(flight);
      }
    }
  }

  /** Starts flights before everything that nobody waits for. */
  void demand(List<Flight> flights) {
    for (Flight flight : flights) {
      if (!flight.hasBegun()) {
        queue.demand(flight);
      }
    }
  }

  /** Waits until all have landed; what nobody has begun the caller does itself. */
  void land(List<Flight> flights) throws IOException {
    for (Flight flight : flights) {
      if (!flight.hasBegun()) {
        // A lone reader needs no other thread, and a busy queue holds nobody up.
        queue.fly(flight);
      }
    }
    for (Flight flight : flights) {
      flight.bytes();
    }
  }

  synchronized void end(Flight flight) {
    for (int b = flight.first(); b <= flight.last(); b++) {
      pending.remove(b);
    }
  }
}

package dev.obdbuild.solver;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.oci.image.Digest;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Carries graphs out. One for each process and cache; thread-safe: solves that run at the same time
 * share work that is equal.
 *
 * @param <R> what vertices yield
 */
public final class Solver<R> {

  private final CacheStore cache;
  private final Flights<R> flights = new Flights<>();

  /** A solver over a cache, which it borrows. */
  public Solver(CacheStore cache) {
    this.cache = cache;
  }

  /**
   * Computes the result of a graph, carrying out what the cache does not know. Blocks. When it
   * returns or throws, nothing of it runs any more, except work that another solve waits for.
   *
   * @throws IllegalArgumentException when the graph has no result (an empty filesystem)
   * @throws SolveException when a vertex failed: the first one; the rest of this solve is given up
   * @throws CancellationException when the request was cancelled
   */
  public SolveResult<R> solve(Graph graph, SolveRequest<R> request) throws SolveException {
    Set<Digest> disproved = new HashSet<>();
    while (true) {
      try {
        return new Solve<>(graph, request, cache, flights, disproved).run();
      } catch (DisprovedContentException e) {
        // The result with the other content is in the cache by now: keys are made of that.
        disproved.add(e.vertexKey());
      }
    }
  }

  /** How many waits for running work there are at this moment, over all solves. */
  int waiting() {
    return flights.waiting();
  }
}

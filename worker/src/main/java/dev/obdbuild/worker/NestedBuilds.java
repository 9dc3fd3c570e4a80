package dev.obdbuild.worker;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.solver.Cancellation;
import java.io.IOException;

/**
 * Solves graphs that come up while another one is solved. Handed down by whoever has the solver.
 * Thread-safe.
 */
@FunctionalInterface
public interface NestedBuilds {

  /**
   * The result of a graph, solved as part of the same build.
   *
   * @param worker makes its vertices executable and keeps its results
   * @throws Exception why it has none
   */
  WorkerResult solve(Worker worker, Graph graph, Cancellation cancellation) throws Exception;

  /** None at all: they are refused. */
  static NestedBuilds refused() {
    return (worker, graph, cancellation) -> {
      throw new RefusedException("nested builds are not supported");
    };
  }

  /** Solves and turns every failure into one of the world's. */
  default WorkerResult result(Worker worker, Graph graph, Cancellation cancellation)
      throws IOException {
    try {
      return solve(worker, graph, cancellation);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}

package dev.obdbuild.solver;

import java.util.List;
import java.util.Optional;

/**
 * The results of a vertex.
 *
 * @param ids under which the results are kept, one each; empty when they are not
 * @param cached whether they were there already
 */
record Outcome<R>(List<R> results, Optional<List<String>> ids, boolean cached) {

  Outcome {
    results = List.copyOf(results);
  }

  R result(int index) {
    if (index < 0 || index >= results.size()) {
      throw new IllegalStateException(
          "output " + index + " of a vertex that has " + results.size() + " outputs");
    }
    return results.get(index);
  }
}

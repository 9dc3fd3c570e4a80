package dev.obdbuild.solver;

import java.io.IOException;
import java.util.Optional;

/**
 * Turns results into ids that outlive the process, and back. One for each solve: what it has
 * persisted or loaded stays usable until its owner lets go of it (a lease). Thread-safe.
 */
public interface ResultStore<R> {

  /**
   * The id under which a result can be found again; empty when it cannot be kept.
   *
   * @throws IOException when keeping it fails
   */
  Optional<String> persist(R result) throws IOException;

  /**
   * The result of an id; empty when it is gone.
   *
   * @throws IOException when that cannot be said
   */
  Optional<R> load(String id) throws IOException;
}

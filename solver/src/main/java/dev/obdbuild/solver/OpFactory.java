package dev.obdbuild.solver;

import dev.obdbuild.llb.Vertex;

/** Makes vertices executable. Thread-safe. */
@FunctionalInterface
public interface OpFactory<R> {

  /**
   * The operation of a vertex, for one solve.
   *
   * @throws Exception when there is no such operation; the vertex fails with the exception's
   *     message
   */
  Op<R> make(Vertex vertex) throws Exception;
}

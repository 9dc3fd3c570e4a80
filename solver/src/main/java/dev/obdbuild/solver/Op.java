package dev.obdbuild.solver;

import java.util.List;

/**
 * One vertex made executable, for one solve. The solver calls {@link #cacheMap} once and {@link
 * #exec} at most once, from different threads, one after the other.
 *
 * @param <R> what vertices yield
 */
public interface Op<R> {

  /**
   * Says what the result depends on beside the inputs' results. Must be cheap against {@link
   * #exec}.
   *
   * @throws Exception when it cannot be known; the vertex fails with the exception's message
   */
  CacheMap<R> cacheMap(OpContext context) throws Exception;

  /**
   * Does the work.
   *
   * @param inputs one for each input of the vertex, in its order; not to be changed
   * @return one result for each output of the vertex
   * @throws Exception when it fails; the vertex fails with the exception's message
   */
  List<R> exec(OpContext context, List<R> inputs) throws Exception;
}

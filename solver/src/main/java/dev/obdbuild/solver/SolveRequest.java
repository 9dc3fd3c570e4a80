package dev.obdbuild.solver;

import dev.obdbuild.solver.progress.ProgressSink;

/**
 * What a solve needs beside the graph.
 *
 * @param ops makes the vertices executable
 * @param results keeps results
 * @param noCache whether every vertex is carried out even if its result is known
 * @param cancellation gives the solve up
 * @param progress hears what happens
 * @param imports is asked for what the solver's own cache does not know
 */
public record SolveRequest<R>(
    OpFactory<R> ops,
    ResultStore<R> results,
    boolean noCache,
    Cancellation cancellation,
    ProgressSink progress,
    ImportedCache<R> imports) {

  /** A request that imports nothing. */
  public SolveRequest(
      OpFactory<R> ops,
      ResultStore<R> results,
      boolean noCache,
      Cancellation cancellation,
      ProgressSink progress) {
    this(ops, results, noCache, cancellation, progress, ImportedCache.none());
  }

  /** This request with imported results. */
  public SolveRequest<R> importing(ImportedCache<R> imported) {
    return new SolveRequest<>(ops, results, noCache, cancellation, progress, imported);
  }
}

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
 */
public record SolveRequest<R>(
    OpFactory<R> ops,
    ResultStore<R> results,
    boolean noCache,
    Cancellation cancellation,
    ProgressSink progress) {}

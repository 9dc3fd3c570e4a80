package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;

/**
 * The outcome of a solve.
 *
 * @param result what the graph's output is
 * @param key the output's cache key
 * @param cached whether the result was known, so that nothing was carried out for it
 * @param trail what can be exported to a cache elsewhere
 */
public record SolveResult<R>(R result, Digest key, boolean cached, CacheTrail<R> trail) {}

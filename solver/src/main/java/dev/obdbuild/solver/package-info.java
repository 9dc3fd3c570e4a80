/**
 * Carries a build graph out: what must run, in which order, and what need not run at all.
 *
 * <p>A {@link dev.obdbuild.solver.Solver} asks each vertex's {@link dev.obdbuild.solver.Op} for its
 * part of the cache key, looks the key up in a {@link dev.obdbuild.solver.CacheStore} and calls the
 * operation only when nothing is found. It is blocking code on virtual threads and knows no device,
 * no container and no file: results are of a type of its caller's choice.
 *
 * <p>Key of a vertex: {@code H(operation digest, for each input its key or its content's digest)};
 * key of an output: {@code H(key of the vertex, index)}. Content digests are remembered by the
 * identity of what they were computed of, so that a build in which nothing changed reads nothing.
 */
@NullMarked
package dev.obdbuild.solver;

import org.jspecify.annotations.NullMarked;

/**
 * Build caches of one build: what the user asked for, imported results as snapshots, and the export
 * of a finished solve.
 *
 * <p>Stands between the solver, which asks for results by key, the store, which opens their layers
 * lazily, and the pusher, which reads and writes the caches' documents.
 */
@NullMarked
package dev.obdbuild.builder.cache;

import org.jspecify.annotations.NullMarked;

/**
 * The engine: one place that wires registry, snapshots, worker, solver, frontend and pusher by hand
 * and offers what the commands do. Everything else in this module is at its edges.
 */
@NullMarked
package dev.obdbuild.builder;

import org.jspecify.annotations.NullMarked;

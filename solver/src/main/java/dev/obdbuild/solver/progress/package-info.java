/**
 * What a build tells its watchers, as values that mirror BuildKit's {@code StatusResponse}.
 *
 * <p>Events, not states: a watcher merges them by vertex digest, statuses by vertex and id. A
 * vertex may start and complete several times; the last time counts.
 */
@NullMarked
package dev.obdbuild.solver.progress;

import org.jspecify.annotations.NullMarked;

/**
 * Shows the events of a build: plain numbered lines, a live terminal view, JSON lines, or nothing.
 *
 * <p>Events are gathered by a {@link dev.obdbuild.builder.progress.Display} on a thread of its own
 * and merged into a trace of vertices, which a renderer prints. The plain form is the one of
 * BuildKit's {@code --progress=plain}.
 */
@NullMarked
package dev.obdbuild.builder.progress;

import org.jspecify.annotations.NullMarked;

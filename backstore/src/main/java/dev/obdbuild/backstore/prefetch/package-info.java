/**
 * Reading what a container will want before it asks: {@link TraceRecorder} notes which ranges of
 * which layers are read, {@link TraceReplay} reads them again, early and in few large requests.
 *
 * <p>A trace is kept in a file of the original's format, or on top of an image as an {@link
 * AccelerationLayer}.
 */
@NullMarked
package dev.obdbuild.backstore.prefetch;

import org.jspecify.annotations.NullMarked;

/**
 * The daemon: BuildKit's services over gRPC, on top of {@link dev.obdbuild.builder.build} and
 * {@link dev.obdbuild.builder.session}.
 *
 * <p>Service methods run on virtual threads and block; a call's cancellation is its build's. One
 * class turns failures into gRPC statuses ({@code Statuses}).
 */
@NullMarked
package dev.obdbuild.builder.daemon;

import org.jspecify.annotations.NullMarked;

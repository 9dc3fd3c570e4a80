/**
 * The daemon: BuildKit's services over gRPC, on top of {@link dev.obdbuild.builder.build} and
 * {@link dev.obdbuild.builder.session}.
 *
 * <p>What frontends ask for is answered by {@link dev.obdbuild.builder.gateway}, how calls are
 * carried out is in {@link dev.obdbuild.builder.call}; a call's cancellation is its build's.
 */
@NullMarked
package dev.obdbuild.builder.daemon;

import org.jspecify.annotations.NullMarked;

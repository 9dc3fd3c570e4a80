/**
 * One build, whoever asked for it: a frontend or a definition becomes refs, refs become filesystems
 * when somebody needs them.
 *
 * <p>Between the front ends of this program (command line, daemon) and the engine. Knows what a
 * client lends only through {@link dev.obdbuild.builder.session.ClientSession}, and no gRPC.
 */
@NullMarked
package dev.obdbuild.builder.build;

import org.jspecify.annotations.NullMarked;

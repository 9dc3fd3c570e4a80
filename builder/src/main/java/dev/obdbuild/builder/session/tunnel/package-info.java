/**
 * gRPC through a stream of gRPC: the two ends of a {@code Control/Session} stream, and blocking
 * conversations over calls. Inside the stream the daemon is the client and its client serves.
 */
@NullMarked
package dev.obdbuild.builder.session.tunnel;

import org.jspecify.annotations.NullMarked;

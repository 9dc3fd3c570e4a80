/**
 * The daemon: BuildKit's services over gRPC, on top of {@link dev.obdbuild.builder.build} and
 * {@link dev.obdbuild.builder.session}.
 *
 * <p>Service methods run on virtual threads and block; a call's cancellation is its build's. One
 * class turns failures into gRPC statuses ({@code Statuses}). A frontend that comes as an image is
 * a process in a container, and its standard input and output is a connection to the same gateway
 * service that clients use ({@code ImageFrontends}).
 */
@NullMarked
package dev.obdbuild.builder.daemon;

import org.jspecify.annotations.NullMarked;

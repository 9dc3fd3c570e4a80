/**
 * How frontends outside this program drive a build: BuildKit's gateway, served to a client of the
 * daemon, or to an image that runs as a container whose standard input and output is the
 * connection.
 *
 * <p>Between a build, whose refs it hands out by name, and whoever serves: the daemon, or a build
 * in this process. The graphs and capabilities that it accepts are those that the daemon announces.
 */
@NullMarked
package dev.obdbuild.builder.gateway;

import org.jspecify.annotations.NullMarked;

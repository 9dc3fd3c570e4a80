/**
 * The client of a daemon: builds, questions about Dockerfiles, disk usage and pruning through
 * BuildKit's API, with a session that lends the daemon what the build may take from this machine.
 * What comes back is the same as of a build in this process: progress events, and failures with
 * their places.
 */
@NullMarked
package dev.obdbuild.builder.remote;

import org.jspecify.annotations.NullMarked;

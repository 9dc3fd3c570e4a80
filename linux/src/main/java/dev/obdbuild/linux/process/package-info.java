/**
 * Processes: signals to a process or a whole group, start times that tell a reused pid, prctl
 * settings, keepers of descriptors.
 */
@NullMarked
package dev.obdbuild.linux.process;

import org.jspecify.annotations.NullMarked;

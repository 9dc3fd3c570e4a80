/**
 * The command line {@code obd-build}: reads arguments into values, calls the engine, and turns its
 * outcome into output and an exit code. The only place that ends the process.
 */
@NullMarked
package dev.obdbuild.builder.cli;

import org.jspecify.annotations.NullMarked;

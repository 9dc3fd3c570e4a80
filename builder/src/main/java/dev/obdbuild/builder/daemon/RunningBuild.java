package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.gateway.DrivenBuild;
import dev.obdbuild.builder.history.StatusLog;
import dev.obdbuild.solver.CancellationSource;

/**
 * A build of a client of the daemon, who may drive it. Thread-safe.
 *
 * @param cancellation gives it up
 * @param status its log, which followers read
 */
record RunningBuild(
    String ref, DrivenBuild driven, CancellationSource cancellation, StatusLog status) {}

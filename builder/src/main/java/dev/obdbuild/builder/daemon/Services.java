package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.build.ExternalFrontends;
import dev.obdbuild.builder.build.Origins;
import dev.obdbuild.builder.gateway.Announced;
import dev.obdbuild.builder.gateway.WorkerRecords;
import dev.obdbuild.builder.history.History;
import dev.obdbuild.builder.session.Sessions;
import dev.obdbuild.builder.usage.DelayedRun;
import dev.obdbuild.builder.usage.GarbageCollection;

/**
 * What the services of one daemon share. Borrowed.
 *
 * @param log is told of what goes wrong when no client can hear of it any more
 * @param policy what builds may ask for, and how outputs are written unless they say so
 */
record Services(
    Engine engine,
    Sessions sessions,
    History history,
    RunningBuilds running,
    ExternalFrontends external,
    Origins origins,
    GarbageCollection garbage,
    DelayedRun rest,
    WorkerRecords workers,
    Announced announced,
    TraceService.Collector traces,
    DaemonLog log,
    BuildPolicy policy) {}

package dev.obdbuild.builder.cli;

import dev.obdbuild.builder.BuildOutcome;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.local.ImageBuild;
import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.util.SortedMap;

/** Builds in this process, on its own engine. */
record OwnBuilder(HostOptions host) implements Builder {

  @Override
  public Built build(BuildRequest request, ProgressSink sink, Cancellation cancellation)
      throws IOException {
    try (Engine engine = Session.open(host)) {
      BuildOutcome outcome = new ImageBuild(engine, request, sink, cancellation).run();
      return new Built(outcome.response(), outcome.moved().toString());
    }
  }

  @Override
  public SortedMap<String, byte[]> ask(
      BuildRequest request, ProgressSink sink, Cancellation cancellation) throws IOException {
    try (Engine engine = Session.open(host)) {
      return new ImageBuild(engine, request, sink, cancellation).ask();
    }
  }
}

package dev.obdbuild.builder.cli;

import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.backstore.prefetch.TraceRecorder;
import dev.obdbuild.builder.BuildOutcome;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.local.ImageBuild;
import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;

/** Builds in this process, on its own engine. */
record OwnBuilder(HostOptions host, Optional<Path> trace) implements Builder {

  OwnBuilder(HostOptions host) {
    this(host, Optional.empty());
  }

  @Override
  public OwnBuilder recording(Path file) {
    return new OwnBuilder(host, Optional.of(file));
  }

  @Override
  public Built build(BuildRequest request, ProgressSink sink, Cancellation cancellation)
      throws IOException {
    try (Engine engine = Session.open(host)) {
      TraceRecorder recorder = new TraceRecorder();
      if (trace.isPresent()) {
        engine.recordAll(recorder);
      }
      BuildOutcome outcome = new ImageBuild(engine, request, sink, cancellation).run();
      if (trace.isPresent()) {
        recorder.stop();
        AccelerationLayer.write(recorder.records(), trace.get());
      }
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

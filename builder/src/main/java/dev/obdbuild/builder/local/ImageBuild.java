package dev.obdbuild.builder.local;

import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.BuildOutcome;
import dev.obdbuild.builder.CancellableCall;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.attest.BuilderFacts;
import dev.obdbuild.builder.build.Build;
import dev.obdbuild.builder.build.BuildResult;
import dev.obdbuild.builder.build.FrontendFailedException;
import dev.obdbuild.builder.build.FrontendRequest;
import dev.obdbuild.builder.build.Lending;
import dev.obdbuild.builder.build.Origins;
import dev.obdbuild.builder.build.SourcePolicy;
import dev.obdbuild.builder.export.Export;
import dev.obdbuild.builder.export.Export.Exported;
import dev.obdbuild.builder.export.ExportRequest;
import dev.obdbuild.builder.export.LateOutputs;
import dev.obdbuild.builder.request.BuildRequest;
import dev.obdbuild.builder.request.LinkedRequest;
import dev.obdbuild.builder.request.LinkedRequest.Made;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.pusher.output.LayerChoice;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.worker.WorkerSession;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Builds in this process: plans, carries the plan out, exports the result. */
public final class ImageBuild {

  /** How long a build's results are kept when its process dies; a living process keeps its own. */
  private static final Duration LEASE = Duration.ofHours(1);

  private final Engine engine;
  private final BuildRequest request;
  private final ProgressSink sink;
  private final Cancellation cancellation;

  /** A build on an engine, which it borrows. */
  public ImageBuild(
      Engine engine, BuildRequest request, ProgressSink sink, Cancellation cancellation) {
    this.engine = engine;
    this.request = request;
    this.sink = sink;
    this.cancellation = cancellation;
  }

  /** What is done with a build that has begun. */
  @FunctionalInterface
  private interface Work<T> {
    T perform(Build build) throws IOException;
  }

  /**
   * Builds.
   *
   * @throws BuildFailedException when the Dockerfile or one of its steps fails
   * @throws java.util.concurrent.CancellationException when it was cancelled
   */
  public BuildOutcome run() throws IOException {
    long fetchedBefore = engine.fetchedBytes();
    return begun(
        build -> {
          try (Export export =
              new Export(build, exports(), LayerChoice.OVERLAYBD, LateOutputs.NONE)) {
            Exported exported = CancellableCall.run(cancellation, () -> export.run(solve(build)));
            return new BuildOutcome(
                exported.response(),
                new BuildOutcome.Moved(
                    build.baseBytes(),
                    engine.fetchedBytes() - fetchedBefore,
                    exported.sealedLayers(),
                    exported.sealedBytes(),
                    exported.pushedBytes()));
          }
        });
  }

  /** Asks a question about the Dockerfile; returns the answer by BuildKit's keys. */
  public SortedMap<String, byte[]> ask() throws IOException {
    return begun(
        build -> {
          BuildResult result = CancellableCall.run(cancellation, () -> solve(build));
          return result.metadata();
        });
  }

  private <T> T begun(Work<T> work) throws IOException {
    LocalSession session = new LocalSession(request.lent(), engine.snapshots().mountThreads());
    try (Lease lease = engine.snapshots().lease("build", LEASE);
        OwnFrontends frontends = new OwnFrontends(engine);
        Build build =
            new Build(
                engine,
                lending(session, lease),
                frontends,
                SourcePolicy.NONE,
                new Origins(),
                sink,
                cancellation)) {
      return work.perform(build);
    } catch (BuildFailedException e) {
      throw e;
    } catch (FrontendFailedException e) {
      throw e.asBuildFailure();
    } catch (dev.obdbuild.builder.HostException e) {
      throw e;
    } catch (IOException e) {
      throw new BuildFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private Lending lending(LocalSession session, Lease lease) {
    return new Lending(
        Optional.of(session),
        engine.registry(),
        new WorkerSession(
            lease,
            engine.images(),
            session.locals(),
            session.secrets(),
            session.ssh(),
            (id, store) -> session.contents("oci:" + store),
            session::upload,
            request.entitlements()),
        session::contents);
  }

  private BuildResult solve(Build build) throws IOException {
    LinkedRequest linked = new LinkedRequest(request);
    for (Optional<SortedMap<String, String>> next = linked.next();
        next.isPresent();
        next = linked.next()) {
      linked.link(made(build.solve(frontend(next.get(), linked.inputs()))));
    }
    return build.solve(frontend(linked.attributes(), linked.inputs()));
  }

  private static Made made(BuildResult result) {
    SortedMap<String, Graph> graphs = new TreeMap<>();
    result.ref().ifPresent(ref -> graphs.put("", ref.graph()));
    result.refs().forEach((platform, ref) -> graphs.put(platform, ref.graph()));
    return new Made(graphs, result.metadata());
  }

  private FrontendRequest frontend(
      SortedMap<String, String> attributes, SortedMap<String, Graph> inputs) {
    return new FrontendRequest(
        "dockerfile.v0", attributes, Optional.empty(), inputs, request.imports(), false);
  }

  private ExportRequest exports() {
    return new ExportRequest(
        request.outputs(),
        request.exports(),
        "dockerfile.v0",
        request.attributes(),
        BuilderFacts.NONE,
        true);
  }
}

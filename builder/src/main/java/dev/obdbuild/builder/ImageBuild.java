package dev.obdbuild.builder;

import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.session.LocalFolders;
import dev.obdbuild.builder.session.SecretSources;
import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.frontend.SourceText;
import dev.obdbuild.frontend.plan.BuildPlan;
import dev.obdbuild.frontend.plan.DockerfileFrontend;
import dev.obdbuild.frontend.plan.FrontendOptions;
import dev.obdbuild.frontend.plan.FrontendResult;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.SourceFile;
import dev.obdbuild.llb.SourceLocation;
import dev.obdbuild.oci.image.Reference;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.pusher.LayerUploader;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.SolveException;
import dev.obdbuild.solver.SolveRequest;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.worker.Worker;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Builds one image: plans it, solves the plan, exports the result. */
public final class ImageBuild {

  /** How long a build's results are kept when its process dies; a living process keeps its own. */
  private static final Duration LEASE = Duration.ofHours(1);

  private final Engine engine;
  private final BuildOptions options;
  private final ProgressSink sink;
  private final Cancellation cancellation;

  /** A build on an engine, which it borrows. */
  public ImageBuild(
      Engine engine, BuildOptions options, ProgressSink sink, Cancellation cancellation) {
    this.engine = engine;
    this.options = options;
    this.sink = sink;
    this.cancellation = cancellation;
  }

  /**
   * Builds.
   *
   * @throws BuildFailedException when the Dockerfile or one of its steps fails
   * @throws java.util.concurrent.CancellationException when it was cancelled
   */
  public BuildOutcome run() throws IOException {
    Path context = options.context();
    if (!Files.isDirectory(context)) {
      throw new IOException("context " + context + " is not a folder");
    }
    DockerfilePlace dockerfile = DockerfilePlace.of(options);
    List<Reference> names = options.output().tags().stream().map(Reference::parse).toList();
    long fetchedBefore = engine.fetchedBytes();
    BuildSources sources = new BuildSources(dockerfile, context, engine.registry(), sink);
    BuildPlan plan = CancellableCall.run(cancellation, () -> plan(dockerfile, sources));
    try (Lease lease = engine.snapshots().lease("build", LEASE);
        ImageExport export = new ImageExport(engine, options.output(), names, sink)) {
      Solved solved = solve(plan, lease, dockerfile, export);
      ImageExport.Exported exported = export(export, plan, solved);
      return new BuildOutcome(
          exported.imageId(),
          exported.manifest(),
          new BuildOutcome.Moved(
              sources.baseBytes(),
              engine.fetchedBytes() - fetchedBefore,
              exported.sealedLayers(),
              exported.sealedBytes(),
              exported.pushedBytes()));
    }
  }

  private ImageExport.Exported export(ImageExport export, BuildPlan plan, Solved solved)
      throws IOException {
    try {
      return CancellableCall.run(
          cancellation, () -> export.run(plan, solved.snapshot(), solved.made()));
    } catch (IOException e) {
      throw new BuildFailedException(String.valueOf(e.getMessage()), Optional.empty(), e);
    }
  }

  private BuildPlan plan(DockerfilePlace dockerfile, BuildSources sources) throws IOException {
    Map<String, String> attributes = FrontendAttributes.of(options.frontend(), dockerfile.name());
    try {
      return switch (new DockerfileFrontend().plan(FrontendOptions.of(attributes), sources)) {
        case FrontendResult.Built(List<BuildPlan> plans, boolean index, Graph _)
            when plans.size() == 1 && !index -> {
          sources.planned(plans.getFirst().warnings());
          yield plans.getFirst();
        }
        case FrontendResult.Built _ ->
            throw new DockerfileException("building for several platforms needs a daemon");
        case FrontendResult.Answered _ -> throw new IllegalStateException("nothing was asked");
        case FrontendResult.Forwarded other ->
            throw other.failed(
                new IOException("external frontend " + other.source() + " needs a daemon"));
      };
    } catch (DockerfileException e) {
      String message = String.valueOf(e.getMessage());
      sources.abandon(message);
      throw new BuildFailedException(message, e.excerpt(), e);
    }
  }

  private record Solved(Snapshot snapshot, EarlyLayers made) {}

  private Solved solve(BuildPlan plan, Lease lease, DockerfilePlace dockerfile, ImageExport export)
      throws IOException {
    Set<Repository> targets = options.output().push() ? export.targets() : Set.of();
    LayerUploader uploader = export.uploader();
    try (Worker worker = new Worker(engine.tools(), session(lease, dockerfile))) {
      EarlyLayers ops =
          new EarlyLayers(
              worker, ExportedChain.of(plan.graph()), engine.snapshots(), uploader, targets);
      if (plan.graph().result().isEmpty()) {
        return new Solved(engine.snapshots().scratch(), ops);
      }
      SolveRequest<WorkerResult> request =
          new SolveRequest<>(
              ops, worker.results(), options.frontend().noCache(), cancellation, sink);
      WorkerResult result = engine.solver().solve(plan.graph(), request).result();
      if (!(result instanceof SnapshotResult made)) {
        throw new IOException("the build yields no root filesystem");
      }
      return new Solved(made.snapshot(), ops);
    } catch (SolveException e) {
      throw new BuildFailedException(String.valueOf(e.getMessage()), excerpt(plan.graph(), e), e);
    }
  }

  private WorkerSession session(Lease lease, DockerfilePlace dockerfile) throws IOException {
    LocalFolders folders =
        new LocalFolders(Map.of("context", options.context(), "dockerfile", dockerfile.folder()));
    SecretSources secrets = SecretSources.of(options.secrets(), System.getenv());
    return WorkerSession.of(lease, engine.images(), folders, secrets, options.entitlements());
  }

  /** The lines of the Dockerfile that the failed vertex was made from. */
  private static Optional<String> excerpt(Graph graph, SolveException failure) {
    List<String> excerpts =
        failure.vertex().meta().locations().stream()
            .filter(location -> !location.ranges().isEmpty())
            .map(location -> excerpt(graph.sources().get(location.source()), location))
            .toList();
    return excerpts.isEmpty()
        ? Optional.empty()
        : Optional.of(excerpts.stream().collect(Collectors.joining("\n")));
  }

  private static String excerpt(SourceFile file, SourceLocation location) {
    int first = location.ranges().stream().mapToInt(r -> r.first()).min().orElseThrow();
    int last = location.ranges().stream().mapToInt(r -> r.last()).max().orElseThrow();
    return new SourceText(file.name(), new String(file.data(), StandardCharsets.UTF_8))
        .excerpt(new Lines(first, last));
  }
}

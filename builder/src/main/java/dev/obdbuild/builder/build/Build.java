package dev.obdbuild.builder.build;

import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.Engine;
import dev.obdbuild.builder.cache.BuildCaches;
import dev.obdbuild.builder.cache.BuildFolders;
import dev.obdbuild.builder.cache.CacheSource;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Output;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.ImportedCache;
import dev.obdbuild.solver.OpContext;
import dev.obdbuild.solver.OpFactory;
import dev.obdbuild.solver.SolveException;
import dev.obdbuild.solver.SolveRequest;
import dev.obdbuild.solver.SolveResult;
import dev.obdbuild.solver.progress.OpProgress;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.VertexProgress;
import dev.obdbuild.worker.ContainerRequest;
import dev.obdbuild.worker.GatewayContainer;
import dev.obdbuild.worker.InputTree;
import dev.obdbuild.worker.ResolvedSources;
import dev.obdbuild.worker.Worker;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * One build that is under way: turns requests into refs and refs into filesystems. Thread-safe.
 * Borrows the engine and what is lent; closing it closes the client's folders that it opened, to be
 * done when nothing of it runs any more.
 */
public final class Build implements AutoCloseable {

  private final Engine engine;
  private final Lending lending;
  private final ExternalFrontends external;
  private final Asker asker;
  private final Origins origins;
  private final List<Result> results = new CopyOnWriteArrayList<>();
  private final HeldSteps progress;
  private final Cancellation cancellation;
  private final Worker worker;
  private final ImageMetadata images;
  private final BuildCaches caches;
  private final Map<List<CacheSource>, ImportedCache<WorkerResult>> imports =
      new ConcurrentHashMap<>();
  private final Map<String, Ref> refs = new ConcurrentHashMap<>();
  private final Set<BuildFolders.Wanted> folders = ConcurrentHashMap.newKeySet();

  /** What a frontend made, as others may hand it in. */
  private record Result(Output output, Origin origin) {}

  /**
   * A build on an engine.
   *
   * @param policy about all sources of the build, nested builds included
   * @param origins those of all builds of this process
   * @throws dev.obdbuild.builder.HostException when the host cannot run containers
   */
  public Build(
      Engine engine,
      Lending lending,
      ExternalFrontends external,
      SourcePolicy policy,
      Origins origins,
      ProgressSink progress,
      Cancellation cancellation)
      throws IOException {
    this.engine = engine;
    this.lending = lending;
    this.external = external;
    this.asker = new Asker(new Origin("", Map.of(), new TreeMap<>()), policy);
    this.origins = origins;
    this.progress = new HeldSteps(progress, InstantSource.system());
    this.cancellation = cancellation;
    this.caches =
        new BuildCaches(lending.registry(), engine.snapshots(), lending.stores(), this.progress);
    this.worker = new Worker(engine.tools(), lending.worker(), this::nested, caches.mounts());
    this.images =
        new ImageMetadata(
            lending.registry(),
            lending.worker().images(),
            engine.snapshots().images(),
            this.progress);
  }

  public Engine engine() {
    return engine;
  }

  public Lending lending() {
    return lending;
  }

  /** The id of the client's session; empty when there is none. */
  public String sessionId() {
    return lending.sessionId();
  }

  /** Hears what happens. */
  public ProgressSink progress() {
    return progress;
  }

  /**
   * Keeps what happens to a vertex from those who hear, until what this returns is run, once. It is
   * held for each call.
   */
  Runnable hold(Digest vertex) {
    return progress.hold(vertex);
  }

  /** Comes when nobody wants the build any more. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /** The client itself, as one who asks; its policy is about all sources of the build. */
  public Asker asker() {
    return asker;
  }

  /** Carries out operations with what the client lends. */
  Worker worker() {
    return worker;
  }

  /** What registries say of images. */
  ImageMetadata images() {
    return images;
  }

  /** Compressed bytes of the layers of all base images that were asked for. */
  public long baseBytes() {
    return images.layerBytes();
  }

  /** What is built for where nothing else is said. */
  Platform platform() {
    return engine.hostPlatforms().host();
  }

  /** What the sources of everything solved so far stood for. */
  public ResolvedSources sources() {
    return worker.sources();
  }

  /** The cache mounts of all that was solved so far. */
  public BuildFolders folders() throws IOException {
    return new BuildFolders(
        engine.tools().cacheMounts(), folders, worker.usedFolders(), lending.lease(), cancellation);
  }

  /** Takes caches to other places. */
  public BuildCaches caches() {
    return caches;
  }

  /**
   * A new ref of this build.
   *
   * @throws SourceDeniedException when the build's policy forbids one of its sources
   */
  public Ref ref(Graph graph) throws IOException {
    return ref(graph, asker);
  }

  /**
   * A new ref on somebody's behalf.
   *
   * @throws SourceDeniedException when the policy forbids one of its sources
   */
  public Ref ref(Graph graph, Asker by) throws IOException {
    return ref(graph, List.of(), by);
  }

  /** A new ref that is looked for in caches elsewhere too. */
  Ref ref(Graph graph, List<CacheSource> sources, Asker by) throws IOException {
    lending.worker().admit(graph);
    Ref ref =
        new Ref(
            UUID.randomUUID().toString().replace("-", ""),
            admitted(graph, by.policy()),
            sources,
            by.origin());
    by.origin().add(ref);
    refs.put(ref.id(), ref);
    return ref;
  }

  private Graph admitted(Graph graph, SourcePolicy given) throws IOException {
    if (given.equals(SourcePolicy.NONE)) {
      return graph;
    }
    try {
      return graph.withSources((source, platform) -> given.admit(source, platform, this));
    } catch (IOException e) {
      throw SourceDeniedException.about(
          "failed to load LLB: error evaluating the source policy", e);
    }
  }

  /**
   * The ref of that name.
   *
   * @throws IOException when this build has none
   */
  public Ref ref(String id) throws IOException {
    Ref ref = refs.get(id);
    if (ref == null) {
      throw new IOException("no such ref: " + id);
    }
    return ref;
  }

  /** What a ref yields, carrying out what that takes. */
  public WorkerResult evaluate(Ref ref) throws IOException {
    return evaluate(ref, ops -> ops);
  }

  private WorkerResult evaluate(Ref ref, UnaryOperator<OpFactory<WorkerResult>> more)
      throws IOException {
    return ref.result(asked -> solve(asked, more));
  }

  private Ref.Solved solve(Ref ref, UnaryOperator<OpFactory<WorkerResult>> more)
      throws IOException {
    cancellation.throwIfCancelled();
    return solve(
        ref.graph(),
        new SolveRequest<>(
            more.apply(worker),
            worker.results(),
            false,
            cancellation,
            progress,
            imported(ref.caches())));
  }

  /** Each cache's document is read once, and not before something is carried out. */
  private ImportedCache<WorkerResult> imported(List<CacheSource> sources) {
    return sources.isEmpty()
        ? ImportedCache.none()
        : imports.computeIfAbsent(sources, all -> caches.importing(all, lending.lease()));
  }

  private WorkerResult nested(Worker same, Graph graph, Cancellation given) throws IOException {
    return solve(
            admitted(graph, asker.policy()),
            new SolveRequest<>(same, same.results(), false, given, progress))
        .result();
  }

  private Ref.Solved solve(Graph graph, SolveRequest<WorkerResult> request) throws IOException {
    if (graph.result().isEmpty()) {
      return new Ref.Solved(new SnapshotResult(engine.snapshots().scratch()), Optional.empty());
    }
    folders.addAll(BuildFolders.of(graph));
    try {
      SolveResult<WorkerResult> solved = engine.solver().solve(graph, request);
      return new Ref.Solved(solved.result(), Optional.of(solved.trail()));
    } catch (SolveException e) {
      throw BuildFailedException.of(e, graph);
    }
  }

  /** What a ref yields, as a snapshot. */
  public Snapshot snapshot(Ref ref) throws IOException {
    return snapshot(ref, ops -> ops);
  }

  /** As above, with operations that do more; a ref that was evaluated before stays what it is. */
  public Snapshot snapshot(Ref ref, UnaryOperator<OpFactory<WorkerResult>> more)
      throws IOException {
    WorkerResult result = evaluate(ref, more);
    if (result instanceof SnapshotResult made) {
      return made.snapshot();
    }
    VertexProgress step = VertexProgress.begin(progress, "[internal] copying local files");
    OpProgress work = step.work();
    Snapshot made = worker.snapshot(result, new OpContext(cancellation, work, Optional.empty()));
    step.complete();
    return made;
  }

  /** The files of a ref. The caller closes them. */
  public InputTree open(Ref ref) throws IOException {
    return worker.open(evaluate(ref));
  }

  /** The files of a snapshot. The caller closes them. */
  public InputTree open(Snapshot snapshot) throws IOException {
    return worker.open(new SnapshotResult(snapshot));
  }

  /**
   * A container over what refs yield. The caller closes it, before the build.
   *
   * @param inputs what the request's mounts name by index
   */
  public GatewayContainer container(ContainerRequest request, List<Ref> inputs) throws IOException {
    List<WorkerResult> results = new ArrayList<>();
    for (Ref input : inputs) {
      results.add(evaluate(input));
    }
    // It is no step: what it says of copies and caches has no place to be shown.
    OpProgress silent =
        new OpProgress(ProgressSink.none(), Digest.sha256(new byte[0]), InstantSource.system());
    return worker.container(
        request, results, new OpContext(cancellation, silent, Optional.empty()));
  }

  /**
   * Turns a request into refs. Only what the frontend itself reads is carried out, unless the
   * request wants everything evaluated.
   */
  public BuildResult solve(FrontendRequest request) throws IOException {
    return solve(request, asker);
  }

  /**
   * The same on behalf of a frontend, or under more rules.
   *
   * @param by the build's own, or one made from it
   */
  public BuildResult solve(FrontendRequest request, Asker by) throws IOException {
    BuildResult result =
        switch (request.frontend()) {
          case "" -> ofDefinition(request, by);
          case DockerfileBuild.NAME -> {
            Asker own = by.within(request, origins);
            yield known(new DockerfileBuild(this, request, own).run(), own.origin());
          }
          case ExternalFrontends.NAME -> {
            Asker own = by.within(request, origins);
            yield known(external.run(this, request, own), own.origin());
          }
          default -> throw new IOException("frontend " + request.frontend() + " not found");
        };
    if (request.evaluate()) {
      for (Ref ref : result.refs().values()) {
        evaluate(ref);
      }
      if (result.ref().isPresent()) {
        evaluate(result.ref().get());
      }
    }
    return result;
  }

  private BuildResult known(BuildResult result, Origin from) {
    result.ref().ifPresent(ref -> known(ref, from));
    result.refs().values().forEach(ref -> known(ref, from));
    return result;
  }

  private void known(Ref ref, Origin from) {
    ref.graph()
        .result()
        .ifPresent(
            output -> {
              results.add(new Result(output, from));
              origins.begin(output, from);
            });
  }

  private BuildResult ofDefinition(FrontendRequest request, Asker by) throws IOException {
    return request.definition().isEmpty()
        ? BuildResult.NONE
        : BuildResult.of(ref(request.definition().get(), request.sources(), by), Map.of());
  }

  @Override
  public void close() throws IOException {
    results.forEach(result -> origins.end(result.output, result.origin));
    worker.close();
  }
}

package dev.obdbuild.worker;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.oci.registry.RetryPolicy;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.snapshots.SnapshotsConfig;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.SolveRequest;
import dev.obdbuild.solver.Solver;
import dev.obdbuild.solver.SqliteCacheStore;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.testkit.ContainerRuntime;
import dev.obdbuild.testkit.TestRegistry;
import dev.obdbuild.worker.cachemount.CacheMounts;
import dev.obdbuild.worker.cdi.CdiDevices;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.content.DigestCache;
import dev.obdbuild.worker.content.FileDigestCache;
import dev.obdbuild.worker.content.LocalTree;
import dev.obdbuild.worker.exec.ExecRunner;
import dev.obdbuild.worker.exec.OciRuntime;
import dev.obdbuild.worker.image.BaseImages;
import dev.obdbuild.worker.network.Networks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;

/** A whole builder below one folder: real registry protocol, devices, containers. */
final class BuildFixture implements AutoCloseable {

  final TestRegistry registry;
  final String base;
  final Path context;
  final Snapshots snapshots;
  Secrets secrets = Secrets.none();
  SshAgents ssh = SshAgents.none();
  LayoutStores layouts = LayoutStores.none();
  Uploads uploads = Uploads.none();
  Set<String> entitlements = Set.of();
  final StringBuffer log = new StringBuffer();
  final Set<String> executed = Collections.synchronizedSet(new TreeSet<>());
  final Set<String> cached = Collections.synchronizedSet(new TreeSet<>());
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  Networks networks = Networks.ofHost();
  CdiDevices devices = CdiDevices.none();
  private final WorkerTools tools;
  private final BaseImages images;
  private final Solver<WorkerResult> solver;

  BuildFixture(Path folder, TestRegistry registry, String base) throws IOException {
    this.registry = registry;
    this.base = base;
    context = Files.createDirectories(folder.resolve("context"));
    Path root = folder.resolve("root");
    RegistryConfig config =
        RegistryConfig.defaults()
            .withRetry(
                new RetryPolicy(
                    2, Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(5)));
    RegistryClient client = push(new RegistryClient(config, Credentials.none()));
    BlockCache blocks = push(BlockCache.open(root.resolve("blocks"), 1L << 30));
    RemoteLayers layers = new RemoteLayers(client, blocks);
    snapshots =
        push(
            Snapshots.open(
                SnapshotsConfig.of(root, FuseLoopExporter::new, blobs(client, layers))
                    .withFilesystemBytes(1L << 30)));
    ContentDigest contents =
        push(
            new ContentDigest(
                push(FileDigestCache.open(root.resolve("digests.db"))), DigestCache.NONE, 2));
    images = new BaseImages(client, snapshots);
    tools =
        new WorkerTools(
            snapshots,
            new ExecRunner(
                new OciRuntime("crun", ContainerRuntime.in(folder, "crun")),
                snapshots.temporaryDirectory(),
                new JournalledContainers(snapshots.journal())),
            new CacheMounts(root.resolve("cache/mounts")),
            contents,
            new Semaphore(4));
    solver = new Solver<>(push(SqliteCacheStore.open(root.resolve("cache.db"))));
  }

  private <T extends AutoCloseable> T push(T resource) {
    open.push(resource);
    return resource;
  }

  private static RemoteBlobs blobs(RegistryClient client, RemoteLayers layers) {
    return new RemoteBlobs() {
      @Override
      public Layer layer(LayerBlob blob) throws IOException {
        return layers.open(blob);
      }

      @Override
      public InputStream stream(LayerBlob blob) throws IOException {
        return client.blob(blob.repository(), blob.descriptor());
      }
    };
  }

  Node.Out image() {
    return node(SourceOp.of("docker-image://" + base, Map.of()), "FROM");
  }

  Node.Out local(String name) {
    return node(SourceOp.of("local://" + name, Map.of()), "context");
  }

  static Node.Out source(String identifier, Map<String, String> attrs) {
    return node(SourceOp.of(identifier, attrs), identifier);
  }

  Node.Out run(Node.Out root, String command, ExecMount... mounts) {
    return run(List.of(root), command, mounts);
  }

  Node.Out run(List<Node.Out> inputs, String command, ExecMount... mounts) {
    List<ExecMount> all = new ArrayList<>(List.of(ExecMount.bind(0, "", "/", 0, false)));
    all.addAll(List.of(mounts));
    ExecOp op =
        new ExecOp(
            ExecMeta.of(List.of("/bin/sh", "-c", command), List.of("PATH=/bin"), "/", ""),
            all,
            ExecOp.NetworkMode.DEFAULT,
            ExecOp.SecurityMode.SANDBOX,
            List.of(),
            List.of());
    return node(op, "RUN " + command, inputs.toArray(Node.Out[]::new));
  }

  Node.Out copy(Node.Out onto, Node.Out from, String src, String dest) {
    FileOp op = new FileOp(List.of(new FileAction(0, 1, 0, copying(src, dest))));
    return node(op, "COPY " + src, onto, from);
  }

  /** Files of another root alone. */
  Node.Out copied(Node.Out from, String src, String dest) {
    FileOp op = new FileOp(List.of(new FileAction(Op.NONE, 0, 0, copying(src, dest))));
    return node(op, "COPY --from " + src, from);
  }

  private static FileAction.Copy copying(String src, String dest) {
    return FileAction.Copy.of(src, dest, FileAction.CopyOptions.CONTEXT);
  }

  static Node.Out node(Op op, String name, Node.Out... inputs) {
    return Node.of(
            op,
            List.of(inputs),
            Optional.of(new Platform("linux", "amd64")),
            VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, name), List.of()))
        .out();
  }

  Built build(Node.Out result) throws IOException {
    return build(result, Cancellation.never());
  }

  /**
   * Solves; the names of what was carried out and of what was cached are kept until the next time.
   */
  Built build(Node.Out result, Cancellation cancellation) throws IOException {
    executed.clear();
    cached.clear();
    log.setLength(0);
    Lease lease = snapshots.lease("test", Duration.ofHours(1));
    WorkerSession session = session(lease);
    try (Worker worker = worker(session)) {
      WorkerResult got =
          solver
              .solve(
                  Graph.of(result, List.of()),
                  new SolveRequest<>(worker, worker.results(), false, cancellation, this::note))
              .result();
      return new Built(lease, ((WorkerResult.SnapshotResult) got).snapshot());
    } catch (IOException | RuntimeException e) {
      try (lease) {
        throw e;
      }
    }
  }

  private WorkerSession session(Lease lease) {
    return new WorkerSession(
        lease,
        images,
        request -> LocalTree.open(context, request.filter()),
        secrets,
        ssh,
        layouts,
        uploads,
        entitlements);
  }

  private Worker worker(WorkerSession session) {
    WorkerTools used =
        new WorkerTools(
            tools.snapshots(),
            tools.runner(),
            tools.cacheMounts(),
            tools.contents(),
            networks,
            tools.repositories(),
            devices,
            tools.steps());
    return new Worker(
        used,
        session,
        (inner, graph, cancellation) ->
            solver
                .solve(
                    graph,
                    new SolveRequest<>(inner, inner.results(), false, cancellation, this::note))
                .result());
  }

  /** Hands a result to something that works on it with the worker of its build. */
  void use(Node.Out result, Use use) throws Exception {
    try (Built built = build(result)) {
      WorkerSession session = session(built.lease);
      try (Worker worker = worker(session)) {
        use.with(worker, new WorkerResult.SnapshotResult(built.snapshot));
      }
    }
  }

  /** Works on a result. */
  @FunctionalInterface
  interface Use {
    void with(Worker worker, WorkerResult result) throws Exception;
  }

  private void note(ProgressEvent event) {
    switch (event) {
      case LogEvent line -> log.append(new String(line.data(), StandardCharsets.UTF_8));
      case VertexEvent v when v.cached() -> cached.add(v.name());
      case VertexEvent v when v.completed().isPresent() && v.error().isEmpty() ->
          executed.add(v.name());
      default -> {}
    }
  }

  /** A result, held by a lease. */
  final class Built implements AutoCloseable {
    private final Lease lease;
    final Snapshot snapshot;

    private Built(Lease lease, Snapshot snapshot) {
      this.lease = lease;
      this.snapshot = snapshot;
    }

    /** The text of a file of the result. */
    String text(String path) throws IOException {
      try (MountedView view = snapshots.view(snapshot)) {
        return snapshots.mountThreads().call(() -> Files.readString(view.path().resolve(path)));
      }
    }

    /** What {@code stat} tells of a file: mode in octal, owner, seconds. */
    String stat(String path) throws IOException {
      try (MountedView view = snapshots.view(snapshot)) {
        return snapshots
            .mountThreads()
            .call(
                () -> {
                  Map<String, Object> stat =
                      Files.readAttributes(view.path().resolve(path), "unix:mode,uid,gid,ctime");
                  return "%o %s:%s %d"
                      .formatted(
                          (int) Objects.requireNonNull(stat.get("mode")) & 07777,
                          stat.get("uid"),
                          stat.get("gid"),
                          Files.getLastModifiedTime(view.path().resolve(path))
                              .toInstant()
                              .getEpochSecond());
                });
      }
    }

    /** Names in a folder, sorted. */
    List<String> names(String path) throws IOException {
      try (MountedView view = snapshots.view(snapshot)) {
        return snapshots
            .mountThreads()
            .call(
                () -> {
                  try (var list = Files.list(view.path().resolve(path))) {
                    return list.map(p -> p.getFileName().toString())
                        .filter(name -> !name.equals("lost+found"))
                        .sorted()
                        .toList();
                  }
                });
      }
    }

    boolean has(String path) throws IOException {
      try (MountedView view = snapshots.view(snapshot)) {
        return snapshots.mountThreads().call(() -> Files.exists(view.path().resolve(path)));
      }
    }

    @Override
    public void close() throws IOException {
      lease.close();
    }
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}

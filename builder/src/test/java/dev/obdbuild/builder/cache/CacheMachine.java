package dev.obdbuild.builder.cache;

import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.builder.session.LocalFolders;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.registry.RegistryConfig;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.snapshots.SnapshotsConfig;
import dev.obdbuild.snapshots.layer.RemoteBlobs;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.SolveRequest;
import dev.obdbuild.solver.SolveResult;
import dev.obdbuild.solver.Solver;
import dev.obdbuild.solver.SqliteCacheStore;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import dev.obdbuild.testkit.ContainerRuntime;
import dev.obdbuild.worker.JournalledContainers;
import dev.obdbuild.worker.NestedBuilds;
import dev.obdbuild.worker.Secrets;
import dev.obdbuild.worker.Worker;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerResult.SnapshotResult;
import dev.obdbuild.worker.WorkerSession;
import dev.obdbuild.worker.WorkerTools;
import dev.obdbuild.worker.cachemount.CacheMounts;
import dev.obdbuild.worker.cachemount.FolderId;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.content.DigestCache;
import dev.obdbuild.worker.content.FileDigestCache;
import dev.obdbuild.worker.exec.ExecRunner;
import dev.obdbuild.worker.exec.OciRuntime;
import dev.obdbuild.worker.image.BaseImages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A build machine with a state folder of its own. */
final class CacheMachine implements AutoCloseable {

  final Snapshots snapshots;
  final RegistryClient client;
  final Set<String> executed = Collections.synchronizedSet(new TreeSet<>());
  final Map<String, String> failed = Collections.synchronizedMap(new TreeMap<>());
  private final AtomicInteger streams = new AtomicInteger();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final RemoteLayers layers;
  private final WorkerTools tools;
  private final Solver<WorkerResult> solver;
  private final Path context;
  private final Lease lease;
  final CacheMounts mounts;
  final Set<String> warned = Collections.synchronizedSet(new TreeSet<>());
  private @Nullable BuildCaches lastCaches;
  private BuildFolders lastFolders;

  CacheMachine(Path folder, Path context) throws IOException {
    this.context = context;
    Path root = Files.createDirectories(folder.resolve("root"));
    client = push(new RegistryClient(RegistryConfig.defaults(), Credentials.none()));
    layers = new RemoteLayers(client, push(BlockCache.open(root.resolve("blocks"), 1L << 30)));
    snapshots =
        push(
            Snapshots.open(
                SnapshotsConfig.of(root, FuseLoopExporter::new, blobs())
                    .withFilesystemBytes(1L << 30)));
    ContentDigest contents =
        push(
            new ContentDigest(
                push(FileDigestCache.open(root.resolve("digests.db"))), DigestCache.NONE, 2));
    mounts = new CacheMounts(root.resolve("mounts"), snapshots);
    tools =
        new WorkerTools(
            snapshots,
            new ExecRunner(
                new OciRuntime("crun", ContainerRuntime.in(folder, "crun")),
                snapshots.temporaryDirectory(),
                new JournalledContainers(snapshots.journal())),
            mounts,
            contents,
            new Semaphore(4));
    solver = new Solver<>(push(SqliteCacheStore.open(root.resolve("cache.db"))));
    lease = push(snapshots.lease("test", Duration.ofHours(1)));
    lastFolders = folders(Graph.EMPTY, Set.of());
  }

  private <T extends AutoCloseable> T push(T resource) {
    open.push(resource);
    return resource;
  }

  private RemoteBlobs blobs() {
    return new RemoteBlobs() {
      @Override
      public Layer layer(LayerBlob blob) throws IOException {
        return layers.open(blob);
      }

      @Override
      public InputStream stream(LayerBlob blob) throws IOException {
        streams.incrementAndGet();
        return client.blob(blob.repository(), blob.descriptor());
      }
    };
  }

  /** Bytes of layers that were read lazily; whole layers that were fetched count as well. */
  long fetched() {
    return layers.fetchedBytes() + streams.get();
  }

  BuildCaches caches(LocalStores stores) {
    return new BuildCaches(client, snapshots, stores, this::note);
  }

  /** Builds with what the sources hold; what was carried out is noted until the next time. */
  SolveResult<WorkerResult> build(Node.Out result, LocalStores stores, CacheSource... sources)
      throws IOException {
    executed.clear();
    failed.clear();
    WorkerSession session =
        WorkerSession.of(
            lease,
            new BaseImages(client, snapshots),
            new LocalFolders(Map.of("context", context)),
            Secrets.none(),
            Set.of());
    warned.clear();
    BuildCaches caches = caches(stores);
    Graph graph = Graph.of(result, List.of());
    try (Worker worker = new Worker(tools, session, NestedBuilds.refused(), caches.mounts())) {
      SolveRequest<WorkerResult> request =
          new SolveRequest<>(worker, worker.results(), false, Cancellation.never(), this::note);
      SolveResult<WorkerResult> solved =
          solver.solve(graph, request.importing(caches.importing(List.of(sources), lease)));
      lastCaches = caches;
      lastFolders = folders(graph, worker.usedFolders());
      return solved;
    }
  }

  private BuildFolders folders(Graph graph, Set<FolderId> used) {
    return new BuildFolders(mounts, BuildFolders.of(graph), used, lease, Cancellation.never());
  }

  /** Exports what the last build came to. */
  Map<String, String> export(SolveResult<WorkerResult> built, CacheTarget target)
      throws IOException {
    return Objects.requireNonNull(lastCaches)
        .export(List.of(target), List.of(snapshot(built)), List.of(built.trail()), lastFolders);
  }

  /** The cache mounts of the last build. */
  BuildFolders folders() {
    return lastFolders;
  }

  static Snapshot snapshot(SolveResult<WorkerResult> result) {
    return ((SnapshotResult) result.result()).snapshot();
  }

  String text(SolveResult<WorkerResult> result, String path) throws IOException {
    try (MountedView view = snapshots.view(snapshot(result))) {
      return snapshots.mountThreads().call(() -> Files.readString(view.path().resolve(path)));
    }
  }

  private void note(ProgressEvent event) {
    if (event instanceof WarningEvent warning) {
      warned.add(warning.summary() + warning.detail());
    }
    if (event instanceof VertexEvent v && v.completed().isPresent()) {
      if (v.error().isPresent()) {
        failed.put(v.name(), v.error().get());
      } else if (!v.cached()) {
        executed.add(v.name());
      }
    }
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
  }
}

package dev.obdbuild.builder;

import dev.obdbuild.backstore.audit.AuditLog;
import dev.obdbuild.backstore.cache.BlockCache;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.metrics.LiveDevices;
import dev.obdbuild.backstore.metrics.Metering;
import dev.obdbuild.backstore.metrics.MeteringExporter;
import dev.obdbuild.backstore.metrics.MetricsPage;
import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.backstore.prefetch.TraceRecorder;
import dev.obdbuild.backstore.prefetch.TraceWish;
import dev.obdbuild.backstore.prefetch.TracingExporter;
import dev.obdbuild.backstore.remote.RemoteLayers;
import dev.obdbuild.backstore.serve.HostDevices;
import dev.obdbuild.backstore.serve.RemoteExporter;
import dev.obdbuild.builder.config.ConfigFile;
import dev.obdbuild.builder.config.DaemonSettings;
import dev.obdbuild.builder.config.HostOptions;
import dev.obdbuild.builder.session.sync.SyncedFolders;
import dev.obdbuild.builder.usage.BlockCacheItem;
import dev.obdbuild.builder.usage.KeptItems;
import dev.obdbuild.builder.usage.SnapshotItems;
import dev.obdbuild.builder.usage.SyncedItems;
import dev.obdbuild.builder.usage.Usage;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.RegistryClient;
import dev.obdbuild.oci.tar.MalformedTarException;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.snapshots.SnapshotsConfig;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.solver.Solver;
import dev.obdbuild.solver.SqliteCacheStore;
import dev.obdbuild.worker.JournalledContainers;
import dev.obdbuild.worker.WorkerResult;
import dev.obdbuild.worker.WorkerTools;
import dev.obdbuild.worker.cachemount.CacheMounts;
import dev.obdbuild.worker.cdi.CdiDevices;
import dev.obdbuild.worker.content.ContentDigest;
import dev.obdbuild.worker.content.FileDigestCache;
import dev.obdbuild.worker.exec.ExecRunner;
import dev.obdbuild.worker.exec.HostPlatforms;
import dev.obdbuild.worker.exec.OciRuntime;
import dev.obdbuild.worker.image.BaseImages;
import dev.obdbuild.worker.network.Networks;
import dev.obdbuild.worker.source.git.GitRepositories;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one process of obd-build works with, wired by hand: registry, store, solver,
 * worker. Opening it undoes what dead processes left in the state folder. Thread-safe.
 */
public final class Engine implements AutoCloseable {

  /** Steps at a time: more than processors, since they often wait, for the network above all. */
  private static final int STEPS = Math.max(8, 2 * Runtime.getRuntime().availableProcessors());

  private static final int PREFETCHERS = 16;

  private final HostOptions host;
  private final ConfigFile config;
  private final HostPlatforms platforms;
  private final Closing closing;
  private final HostDevices devices;
  private final RegistryClient registry;
  private final BlockCache blocks;
  private final RegistryBlobs blobs;
  private final Snapshots snapshots;
  private final BaseImages images;
  private final SqliteCacheStore cache;
  private final Solver<WorkerResult> solver;
  private final CacheFolders folders;
  private final CacheMounts mounts;
  private final SyncedFolders synced;
  private final GitRepositories repositories;
  private final CdiDevices vendors;
  private final Usage usage;
  private final ContentDigest contents;
  private final TraceWish traces = new TraceWish(PREFETCHERS);
  private final LiveDevices live = new LiveDevices();
  private final Optional<AuditLog> audit;
  private Optional<RemoteExporter> remote = Optional.empty();
  private @Nullable WorkerTools tools;

  private Engine(HostOptions host, ConfigFile config, Credentials credentials, Closing closing)
      throws IOException {
    this.host = host;
    this.config = config;
    this.closing = closing;
    this.devices = new HostDevices(host.device(), config.backstore());
    StorePaths paths = StorePaths.create(host.root());
    this.folders = new CacheFolders(paths.root());
    registry = closing.add(new RegistryClient(config.registries(), credentials));
    audit =
        config.audit().isPresent()
            ? Optional.of(closing.add(AuditLog.open(config.audit().get(), System.err::println)))
            : Optional.empty();
    blocks = closing.add(BlockCache.open(paths.blockCache(), config.blocks()));
    blobs = new RegistryBlobs(registry, new RemoteLayers(registry, blocks));
    SnapshotsConfig store =
        SnapshotsConfig.of(host.root(), this::exporter, blobs).withFilesystem(host.filesystem());
    snapshots = closing.add(Snapshots.open(host.layers().map(store::withFormat).orElse(store)));
    platforms = new HostPlatforms(snapshots.temporaryDirectory());
    images = new BaseImages(registry, snapshots);
    cache = closing.add(SqliteCacheStore.open(folders.results()));
    mounts = new CacheMounts(folders.mounts(), snapshots);
    synced = closing.add(SyncedFolders.open(folders.synced()));
    repositories = new GitRepositories(snapshots.paths().gitRepositories());
    vendors = vendors(config.daemon().cdi());
    usage =
        new Usage(
            paths.root(),
            List.of(
                new SnapshotItems(snapshots),
                KeptItems.of(mounts),
                KeptItems.of(repositories),
                new BlockCacheItem(blocks),
                new SyncedItems(synced)),
            () -> cache.prune(Instant.now()));
    solver = new Solver<>(cache);
    int threads = Runtime.getRuntime().availableProcessors();
    FileDigestCache digests = closing.add(FileDigestCache.open(folders.digests()));
    FileDigestCache states = closing.add(FileDigestCache.open(folders.states()));
    contents = closing.add(new ContentDigest(digests, states, threads));
  }

  private static CdiDevices vendors(DaemonSettings.Cdi said) {
    return said.disabled()
        ? CdiDevices.none()
        : new CdiDevices(
            said.folders().isEmpty() ? CdiDevices.USUAL : said.folders(), said.autoAllowed());
  }

  /**
   * Opens the state folder.
   *
   * @throws IOException when it cannot be used; nothing stays open then
   */
  public static Engine open(HostOptions host, ConfigFile config, Credentials credentials)
      throws IOException {
    Closing closing = new Closing();
    try {
      return new Engine(host, config, credentials, closing);
    } catch (IOException | RuntimeException e) {
      closing.closeAfter(e);
      throw e;
    }
  }

  /** The devices' files lie in a folder of the process's own. */
  private static Path run(Path deviceFiles) {
    return Objects.requireNonNull(deviceFiles.getParent());
  }

  private DeviceExporter exporter(Path folder) throws IOException {
    DeviceExporter exporter = devices.open(folder);
    if (exporter instanceof RemoteExporter elsewhere) {
      // Read, and counted, by who serves them.
      remote = Optional.of(elsewhere);
      return new ToldExporter(elsewhere, new DeviceBoard(run(folder), elsewhere::numbers));
    }
    DeviceBoard board = new DeviceBoard(run(folder), live::numbers);
    Metering metering = new Metering(live, blobs::fetched, audit);
    return new TracingExporter(new MeteringExporter(exporter, metering, board), traces);
  }

  /** How the engine was asked to work. */
  public HostOptions host() {
    return host;
  }

  /** How block devices are made here and why, in words. */
  public String devices() {
    return devices.toString();
  }

  /** Platforms whose programs run here. */
  public HostPlatforms hostPlatforms() {
    return platforms;
  }

  /** The store. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** Registries, with the logins that the process was started with. */
  public RegistryClient registry() {
    return registry;
  }

  /** Base images, reached as {@link #registry} does. */
  public BaseImages images() {
    return images;
  }

  /** Devices of this host that steps may ask for. */
  public CdiDevices vendorDevices() {
    return vendors;
  }

  /** Copies of clients' folders. */
  public SyncedFolders synced() {
    return synced;
  }

  /** The solver over the results that this and earlier processes saved: one for all builds. */
  public Solver<WorkerResult> solver() {
    return solver;
  }

  /**
   * What all builds of this process work with.
   *
   * @throws HostException when there is no OCI runtime
   */
  public synchronized WorkerTools tools() throws IOException {
    WorkerTools known = tools;
    if (known == null) {
      DaemonSettings said = config.daemon();
      Networks networks =
          closing.add(
              Networks.open(
                  HostNetwork.of(said.worker().network(), folders.cni()), snapshots.journal()));
      int steps = said.worker().maxParallelism().orElse(STEPS);
      known =
          new WorkerTools(
              snapshots,
              runner(),
              mounts,
              contents,
              networks,
              repositories,
              vendors,
              new Semaphore(steps));
      tools = known;
    }
    return known;
  }

  /**
   * Runs containers.
   *
   * @throws HostException when there is no OCI runtime
   */
  ExecRunner runner() throws IOException {
    OciRuntime runtime;
    try {
      runtime = OciRuntime.find(host.runtime());
    } catch (IOException e) {
      throw new HostException(String.valueOf(e.getMessage()));
    }
    return new ExecRunner(
        runtime,
        snapshots.temporaryDirectory(),
        new JournalledContainers(snapshots.journal()),
        HostNetwork.of(config.daemon().dns()));
  }

  /**
   * Bytes of layers fetched from registries since the engine was opened, by a process too that
   * serves the devices.
   */
  public long fetchedBytes() {
    return blobs.fetchedBytes() + remote.map(RemoteExporter::fetchedBytes).orElse(0L);
  }

  private void requireReadsHere() {
    config
        .backstore()
        .ifPresent(
            socket -> {
              throw new IllegalArgumentException(
                  "a trace cannot be recorded: devices are read by the backstore at unix://"
                      + socket
                      + "; take backstore out of [device] for this");
            });
  }

  /**
   * Records the reads of the next device that is made of an image.
   *
   * @throws IllegalArgumentException when another process serves devices, as for the other two
   */
  public void record(TraceRecorder recorder) {
    requireReadsHere();
    traces.record(recorder);
  }

  /**
   * Records the reads of all devices that are made of images from now on; layers are those of the
   * first one.
   */
  public void recordAll(TraceRecorder recorder) {
    requireReadsHere();
    traces.recordAll(recorder);
  }

  /** As {@link #recordAll}, but false while another build's reads are recorded. */
  public boolean recordAlone(TraceRecorder recorder) {
    requireReadsHere();
    return traces.recordAllAlone(recorder);
  }

  /** Ends {@link #recordAlone}. */
  public void forget(TraceRecorder recorder) {
    recorder.stop();
    traces.forget(recorder);
  }

  /**
   * Has the next device that is made of an image read in the background what a trace names. A trace
   * that makes no sense is passed over: it is only a hint.
   *
   * @param blob the image's acceleration layer
   */
  void prefetch(LayerBlob blob) throws IOException {
    try (InputStream tar = registry.blob(blob.repository(), blob.descriptor())) {
      traces.replay(
          AccelerationLayer.read(tar, blob.descriptor().digest().toString()).orElse(List.of()));
    } catch (FormatException | MalformedTarException e) {
      traces.replay(List.of());
    }
  }

  /** What this process does and has done, in Prometheus' text form. */
  public String metrics() {
    return new MetricsPage()
        .process(live, blocks, registry.activity(), blobs.fetchedBytes())
        .toString();
  }

  /** What the state folder holds, and how to make it hold less. */
  public Usage usage() {
    return usage;
  }

  /** Unmounts and closes everything. */
  @Override
  public void close() throws IOException {
    closing.close();
  }
}

package dev.obdbuild.snapshots;

import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.snapshots.changeset.TarFormat;
import dev.obdbuild.snapshots.convert.ChainKey;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.layer.OpenLayers;
import dev.obdbuild.snapshots.layer.RawLayers;
import dev.obdbuild.snapshots.layer.RawSync;
import dev.obdbuild.snapshots.layer.Sealer;
import dev.obdbuild.snapshots.live.LiveChains;
import dev.obdbuild.snapshots.live.LiveWriter;
import dev.obdbuild.snapshots.live.ReadOnlyFilesystemException;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.snapshots.store.Blobs;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.LeaseTable;
import dev.obdbuild.snapshots.store.NamedLocks;
import dev.obdbuild.snapshots.store.Owner;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.sweep.LostLayers;
import dev.obdbuild.snapshots.sweep.Resource;
import dev.obdbuild.snapshots.sweep.ResourceJournal;
import dev.obdbuild.snapshots.sweep.Sweep;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One process's access to the store below a state directory: snapshots, their folders, images,
 * leases. Thread-safe; threads of any kind may call, the work on mounts is done elsewhere.
 *
 * <p>Several processes may have the same directory open. What a killed process left is undone by
 * the next {@link #open}, and by {@link #sweep}.
 */
public final class Snapshots implements AutoCloseable {
  private static final Duration PROCESS_LEASE = Duration.ofDays(3650);

  private final SnapshotsConfig config;
  private final StorePaths paths;
  private final Database database;
  private final Owner owner;
  private final Blobs blobs;
  private final NamedLocks locks;
  private final MountThreads threads;
  private final OpenLayers layers;
  private final Sealer sealer;
  private final LiveChains chains;
  private final Catalog catalog;
  private final TarLayers tars;
  private final DeviceExporter exporter;
  private final AtomicInteger openLeases = new AtomicInteger();

  private Snapshots(SnapshotsConfig config, StorePaths paths, Database database, Owner owner)
      throws IOException {
    this.config = config;
    this.paths = paths;
    this.database = database;
    this.owner = owner;
    blobs = new Blobs(paths, owner.id());
    locks = new NamedLocks(paths);
    threads = new MountThreads(config.mountThreads());
    layers = new OpenLayers(database, paths, config.remote());
    sealer =
        new Sealer(
            new Sealer.Parts(database, blobs, layers, config.remote()),
            config.format(),
            config.sealThreads(),
            config.waitingLayers());
    Files.createDirectories(paths.deviceFiles(owner.id()));
    exporter = config.exporter().open(paths.deviceFiles(owner.id()));
    chains =
        new LiveChains(
            new LiveChains.Parts(
                paths,
                owner.id(),
                database,
                locks,
                exporter,
                threads,
                new RawLayers(database, paths, owner.id(), exporter.servesElsewhere()),
                layers),
            config.filesystem(),
            config.idleDevices());
    catalog = new Catalog(database, sealer, owner.id(), config.filesystem().key());
    tars =
        new TarLayers(
            new TarMaker.Parts(database, blobs, chains, config.remote()), config.sealThreads());
  }

  /** Opens the store, made when missing, after undoing what killed processes left there. */
  public static Snapshots open(SnapshotsConfig config) throws IOException {
    StorePaths paths = StorePaths.create(config.root());
    Sweep.releaseDying(paths);
    Database database = Database.open(paths.database());
    try {
      new Sweep(paths, database).run();
      new LostLayers(database, paths).forget();
      Owner owner = Owner.claim(paths);
      try {
        database.tx(
            tx -> {
              Instant end = Instant.now().plus(PROCESS_LEASE);
              LeaseTable.add(tx, owner.id(), "process", owner.id(), end);
              return true;
            });
        return new Snapshots(config, paths, database, owner);
      } catch (IOException | RuntimeException e) {
        Trees.remove(paths.run(owner.id())); // nothing is mounted yet
        owner.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** Undoes what processes left that were killed since; yields how many there were. */
  public int sweep() throws IOException {
    return new Sweep(paths, database).run();
  }

  /** The empty filesystem. */
  public Snapshot scratch() {
    return catalog.scratch();
  }

  /**
   * A base image. Overlaybd layers are opened when they are first read; others are fetched and
   * converted now, unless this store knows their chain.
   */
  public Snapshot base(ImageBase base, Lease lease, BaseProgress progress) throws IOException {
    return new Bases(
            new Bases.Parts(
                database,
                readyLayers(),
                catalog,
                locks,
                chains,
                threads,
                config.remote(),
                stepParts(),
                config.filesystem()))
        .open(base, Optional.of(lease.id()), progress);
  }

  /**
   * Overlaybd layers from elsewhere than a registry. Those that this store has, or knows where to
   * read lazily, are not copied.
   */
  public Snapshot copied(LayerCopies layers, Lease lease, BaseProgress progress)
      throws IOException {
    return readyLayers().copied(layers, Optional.of(lease.id()), progress);
  }

  private ReadyLayers readyLayers() {
    return new ReadyLayers(database, catalog, blobs);
  }

  private StepFolder.Parts stepParts() {
    return new StepFolder.Parts(database, catalog, sealer);
  }

  /**
   * A writable folder over {@code parent}: on the device that rests there, or on a new one. The
   * caller closes it. A parent whose filesystem is of a read-only kind is copied first, all of it;
   * what is committed then stands on that copy.
   *
   * @param key what makes the step what it is (its cache key); part of the new layer's identity
   * @throws SnapshotGoneException when the parent was pruned meanwhile
   */
  public ActiveSnapshot prepare(Snapshot parent, String key, Lease lease) throws IOException {
    StoredSnapshot below = Catalog.own(parent);
    Optional<String> held = Optional.of(lease.id());
    catalog.hold(below, held);
    try {
      return prepare(below, key, held);
    } catch (ReadOnlyFilesystemException e) {
      WritableCopies copies =
          new WritableCopies(catalog, locks, chains, threads, tars, stepParts());
      return prepare(copies.of(below, temporaryDirectory(), held), key, held);
    }
  }

  private ActiveSnapshot prepare(StoredSnapshot below, String key, Optional<String> lease)
      throws IOException {
    ChainKey child = below.key().step(key);
    LiveWriter writer = chains.write(below.chain(), ChainKey.uuid(child.digest()));
    return new StepFolder(stepParts(), writer, below, child, lease);
  }

  /**
   * The snapshot mounted read-only, shared with other readers of this process. The caller closes
   * it.
   */
  public MountedView view(Snapshot snapshot) throws IOException {
    StoredSnapshot stored = Catalog.own(snapshot);
    catalog.hold(stored, Optional.empty());
    return new ReaderView(chains.read(stored.chain()));
  }

  /**
   * The snapshot mounted read-only on an existing folder of the caller's choice. The caller closes
   * it.
   */
  public MountedView viewAt(Snapshot snapshot, Path target) throws IOException {
    StoredSnapshot stored = Catalog.own(snapshot);
    catalog.hold(stored, Optional.empty());
    Path folder = target.toRealPath();
    ResourceJournal.Entry entry = journal().record(new Resource.Mount(folder));
    try {
      return new PlacedView(chains.readAt(stored.chain(), folder), entry);
    } catch (IOException | RuntimeException e) {
      entry.close();
      throw e;
    }
  }

  /** The snapshot of that id, if it is still there; held by this process from then on. */
  public Optional<Snapshot> get(String id) throws IOException {
    return catalog.find(id, Optional.empty()).map(s -> s);
  }

  /** As above, and held by {@code lease}. */
  public Optional<Snapshot> get(String id, Lease lease) throws IOException {
    return catalog.find(id, Optional.of(lease.id())).map(s -> s);
  }

  /**
   * Removes a snapshot.
   *
   * @throws IOException when it is in use or others stand on it
   */
  public void remove(String id) throws IOException {
    pruning().remove(id);
  }

  /** A new lease that ends after {@code time} at the latest. The caller closes it. */
  public Lease lease(String name, Duration time) throws IOException {
    String id = UUID.randomUUID().toString();
    database.tx(
        tx -> {
          LeaseTable.add(tx, id, name, owner.id(), Instant.now().plus(time));
          return true;
        });
    openLeases.incrementAndGet();
    return new OpenLease(id, database, catalog, this::leaseEnded);
  }

  private void leaseEnded() throws IOException {
    if (openLeases.decrementAndGet() == 0) {
      chains.closeIdle();
    }
  }

  /** Begins to seal the layers of {@code snapshot} that are not sealed, beside what goes on. */
  public void sealEarly(Snapshot snapshot) {
    for (StoredLayer layer : Catalog.own(snapshot).stored()) {
      if (layer.existing().isEmpty()) {
        sealer.early(layer.id());
      }
    }
  }

  /**
   * The layers of {@code snapshot} as ordinary tar layers, bottom first: what each changed, as a
   * blob of this store that stays as long as its layer and is made when it is first {@link
   * LayerSource#seal sealed}. A layer that was converted from an ordinary one of a base image is
   * that one again ({@link LayerSource#existing}).
   *
   * @throws SnapshotGoneException when the snapshot was pruned meanwhile
   */
  public List<LayerSource> tarLayers(Snapshot snapshot, TarFormat format) throws IOException {
    StoredSnapshot stored = Catalog.own(snapshot);
    catalog.hold(stored, Optional.empty());
    return tars.of(stored, format);
  }

  /**
   * Writes all that {@code snapshot} holds as one tar archive; does not close {@code out}. Returns
   * when it is written; who wants to give up makes {@code out} fail.
   *
   * @param epoch the time that all files get
   */
  public void writeTar(Snapshot snapshot, OutputStream out, Optional<Instant> epoch)
      throws IOException {
    StoredSnapshot stored = Catalog.own(snapshot);
    catalog.hold(stored, Optional.empty());
    tars.write(stored, out, epoch);
  }

  /**
   * Takes down devices that nobody uses. Happens by itself when the last lease of this process
   * ends.
   */
  public void closeIdle() throws IOException {
    chains.closeIdle();
  }

  /**
   * Forces the layers that are not sealed to disk, so that they survive a power cut; yields how
   * many.
   */
  public int syncLayers() throws IOException {
    return new RawSync(database, paths).run();
  }

  /** What the store holds. */
  public UsageReport usage() throws IOException {
    return pruning().usage();
  }

  /** Removes what nothing holds, as far as {@code request} wants it. */
  public PruneReport prune(PruneRequest request) throws IOException {
    return pruning().prune(request);
  }

  private Pruning pruning() {
    return new Pruning(database, paths, blobs, owner.id(), chains::inUse);
  }

  /** Checks blobs, layers and filesystem of a snapshot; reads all that is local. */
  public VerifyReport verify(Snapshot snapshot) throws IOException {
    return new Verification(database, blobs, layers, chains).verify(Catalog.own(snapshot));
  }

  /** Local images. */
  public ImageRecords images() {
    return new ImageRecords(database, blobs);
  }

  /** Snapshots that are kept under names. */
  public Pins pins() {
    return new Pins(database, catalog, pruning());
  }

  /** What filesystems that start from nothing are here. */
  public NewFilesystem newFilesystem() {
    return config.filesystem();
  }

  /** The threads on which everything that touches a folder of this store belongs. */
  public MountThreads mountThreads() {
    return threads;
  }

  /**
   * Where to record containers and other things that are to be undone when this process is killed.
   */
  public ResourceJournal journal() {
    return new ResourceJournal(database, owner.id());
  }

  /** Where things lie. */
  public StorePaths paths() {
    return paths;
  }

  /** A fresh directory for temporary files; removed when this store is closed, or by the sweep. */
  public Path temporaryDirectory() throws IOException {
    Path parent = paths.temp(owner.id());
    Files.createDirectories(parent);
    return Files.createTempDirectory(parent, "t");
  }

  private static void close(AutoCloseable closeable) throws IOException {
    try {
      closeable.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the device exporter could not be closed: " + e.getMessage(), e);
    }
  }

  /**
   * Takes down all devices, ends sealing and gives the ownership up. Views and folders must have
   * been closed.
   */
  @Override
  public void close() throws IOException {
    boolean undone = false;
    try (database) {
      sealer.close();
      tars.close();
      chains.close();
      threads.close();
      if (exporter instanceof AutoCloseable closeable) {
        close(closeable);
      }
      database.tx(
          tx -> {
            LeaseTable.deleteOf(tx, owner.id());
            return true;
          });
      Trees.remove(paths.run(owner.id()));
      Trees.remove(paths.temp(owner.id()));
      owner.close();
      undone = true;
    } finally {
      if (!undone) {
        owner.abandon();
      }
    }
  }
}

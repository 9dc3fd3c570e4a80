package dev.obdbuild.snapshots.live;

import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.LayeredExport;
import dev.obdbuild.backstore.device.StackDevice;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerIdentity;
import dev.obdbuild.snapshots.fs.FileSystem;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.fs.NewFilesystem.BaseSize;
import dev.obdbuild.snapshots.fs.Probe;
import dev.obdbuild.snapshots.layer.OpenLayers;
import dev.obdbuild.snapshots.layer.RawLayers;
import dev.obdbuild.snapshots.layer.RawLayers.Writing;
import dev.obdbuild.snapshots.live.LiveDevice.Manner;
import dev.obdbuild.snapshots.live.Stacks.OpenStack;
import dev.obdbuild.snapshots.mount.MountThreads;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.NamedLocks;
import dev.obdbuild.snapshots.store.StorePaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * All live devices of this process: who writes, who reads, and which device rests on which
 * snapshot. Thread-safe; callers may be threads of any kind, the work is done on the mount threads.
 */
public final class LiveChains implements AutoCloseable {
  /** A device and who uses it. Guarded by the monitor of {@link #slots}. */
  static final class Slot {
    final LiveDevice device;
    boolean writing;
    int readers;

    Slot(LiveDevice device) {
      this.device = device;
    }

    boolean idle() {
      return !writing && readers == 0;
    }

    boolean healthy() {
      return device.device().failure().isEmpty();
    }
  }

  private static final int LARGE_SECTOR = 4096;
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final StorePaths paths;
  private final String owner;
  private final DeviceExporter exporter;
  private final MountThreads threads;
  private final RawLayers raws;
  private final OpenLayers layers;
  private final Stacks stacks;
  private final EmptyFilesystem empty;
  private final NewFilesystem filesystem;
  private final int idleLimit;
  private final AtomicInteger names = new AtomicInteger();

  /** In the order of last use, longest ago first. */
  private final List<Slot> slots = new ArrayList<>();

  /** What the devices of a process need. */
  public record Parts(
      StorePaths paths,
      String owner,
      Database database,
      NamedLocks locks,
      DeviceExporter exporter,
      MountThreads threads,
      RawLayers raws,
      OpenLayers layers) {}

  /**
   * @param filesystem what devices that start from nothing get, and how all are mounted
   * @param idleLimit devices kept mounted although nobody uses them
   */
  public LiveChains(Parts parts, NewFilesystem filesystem, int idleLimit) {
    this.paths = parts.paths();
    this.owner = parts.owner();
    this.exporter = parts.exporter();
    this.threads = parts.threads();
    this.raws = parts.raws();
    this.layers = parts.layers();
    this.filesystem = filesystem;
    this.stacks = new Stacks(layers, filesystem.bytes());
    this.empty =
        new EmptyFilesystem(parts.database(), parts.locks(), raws, layers, exporter, filesystem);
    this.idleLimit = idleLimit;
  }

  /**
   * A writable folder on top of {@code parent}.
   *
   * @param uuid identity of the layer that it will become
   * @throws ReadOnlyFilesystemException when the parent's kind of filesystem cannot be written
   */
  public LiveWriter write(Chain parent, String uuid) throws IOException {
    return threads.call(
        () -> {
          Optional<Slot> resting = takeResting(parent);
          return resting.isPresent() ? goOn(resting.get(), uuid) : newWriter(parent, uuid);
        });
  }

  /**
   * The layer's own identity and, as its parent, that of the layer below, whatever tool made that.
   */
  private static LayerIdentity identity(OpenStack below, String uuid) {
    List<Layer> layers = below.stack().layers();
    String parent = layers.isEmpty() ? "" : layers.getLast().uuid();
    return new LayerIdentity(uuid, UUID_TEXT.matcher(parent).matches() ? parent : "");
  }

  private Optional<Slot> takeResting(Chain parent) {
    synchronized (slots) {
      for (Slot slot : slots) {
        if (slot.idle()
            && slot.device.writable()
            && stands(slot, parent)
            && slot.device.device().size() >= leastSize()
            && slot.healthy()) {
          slot.writing = true;
          return Optional.of(slot);
        }
      }
      return Optional.empty();
    }
  }

  /** Smaller bases are grown to it. */
  private long leastSize() {
    return filesystem.bases() == BaseSize.ANY ? 0 : filesystem.bytes();
  }

  private static boolean stands(Slot slot, Chain chain) {
    return slot.device.stack().chain().snapshot().equals(chain.snapshot());
  }

  private LiveWriter goOn(Slot slot, String uuid) throws IOException {
    Writing top;
    try {
      top =
          raws.create(
              slot.device.device().size(),
              identity(slot.device.stack(), uuid),
              slot.device.kind().type());
    } catch (IOException | RuntimeException e) {
      discard(slot);
      throw e;
    }
    try {
      LiveWriter writer = new LiveWriter(this, slot, top);
      slot.device.device().resume(top.layer(), raws.files(top.id()));
      slot.device.mount().remountReadWrite();
      return writer;
    } catch (IOException | RuntimeException | Error e) {
      Closing closing = dropping(top);
      closing.add(() -> discard(slot));
      closing.closeAfter(e);
      throw e;
    }
  }

  private LiveWriter newWriter(Chain parent, String uuid) throws IOException {
    OpenStack stack = stacks.acquire(parent);
    Footing footing;
    Writing top;
    try {
      footing = footing(stack);
      top = raws.create(footing.size(), identity(stack, uuid), footing.kind());
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
    try {
      if (parent.layers().isEmpty()) {
        empty.copyInto(top.layer());
      }
      StackDevice device = new StackDevice(stack.stack(), top.layer(), footing.sectorSize());
      ChainPlaces places = new ChainPlaces(layers, parent, Optional.of(raws.files(top.id())));
      Manner manner = new Manner(true, footing.grow(), filesystem);
      LiveDevice live = open(device, places, manner, stack, newPlace());
      Slot slot = new Slot(live);
      slot.writing = true;
      add(slot);
      return new LiveWriter(this, slot, top);
    } catch (IOException | RuntimeException | Error e) {
      Closing closing = dropping(top);
      closing.add(stack);
      closing.closeAfter(e);
      throw e;
    }
  }

  /** What is to be done last with a layer that will not be finished. */
  Closing dropping(Writing top) {
    Closing closing = new Closing();
    closing.add(() -> raws.drop(top.id()));
    closing.add(top.layer());
    return closing;
  }

  /** What a writable layer over a chain has to be. */
  private record Footing(String kind, long size, int sectorSize, boolean grow) {}

  private Footing footing(OpenStack stack) throws IOException {
    if (stack.chain().layers().isEmpty()) {
      return new Footing(filesystem.kind().type(), filesystem.bytes(), LARGE_SECTOR, false);
    }
    Probe base = probe(stack);
    if (!base.kind().writable()) {
      throw new ReadOnlyFilesystemException(stack.chain().snapshot(), base.kind().type());
    }
    if (filesystem.bases() == BaseSize.EXACT && base.device() > filesystem.bytes()) {
      throw new IOException(
          "snapshot %s has %d bytes, more than the %d that are asked for: a filesystem is never shrunk"
              .formatted(stack.chain().snapshot(), base.device(), filesystem.bytes()));
    }
    long size = Math.max(base.device(), leastSize());
    return new Footing(base.kind().type(), size, sectorSize(base), size > base.device());
  }

  private LiveDevice open(
      StackDevice device,
      ChainPlaces places,
      Manner manner,
      OpenStack stack,
      LiveDevice.Place place)
      throws IOException {
    return LiveDevice.open(exporter, device, places, manner, stack, nextName(), place);
  }

  private LiveDevice.Place newPlace() {
    return new LiveDevice.Place(paths.mountPoints(owner).resolve(nextName()), true);
  }

  private String nextName() {
    return Integer.toString(names.incrementAndGet());
  }

  /**
   * A read-only folder that shows {@code chain}; shared with other readers, and with a device that
   * rests on it.
   */
  public LiveReader read(Chain chain) throws IOException {
    return threads.call(
        () -> {
          Optional<Slot> shared = shareMounted(chain);
          return new LiveReader(this, shared.isPresent() ? shared.get() : newReader(chain));
        });
  }

  private Optional<Slot> shareMounted(Chain chain) {
    synchronized (slots) {
      for (Slot slot : slots) {
        if (!slot.writing && stands(slot, chain) && slot.healthy()) {
          slot.readers++;
          return Optional.of(slot);
        }
      }
      return Optional.empty();
    }
  }

  private Slot newReader(Chain chain) throws IOException {
    Slot slot = new Slot(openReadOnly(chain, newPlace()));
    slot.readers = 1;
    add(slot);
    return slot;
  }

  /**
   * As {@link #read}, but never shared and mounted on a folder of the caller's choice, which must
   * exist.
   */
  public LiveReader readAt(Chain chain, Path target) throws IOException {
    return threads.call(
        () -> {
          Slot slot = new Slot(openReadOnly(chain, new LiveDevice.Place(target, false)));
          // Never idle, never shared: it goes with its reader.
          slot.readers = 1;
          slot.writing = true;
          add(slot);
          return new LiveReader(this, slot);
        });
  }

  private LiveDevice openReadOnly(Chain chain, LiveDevice.Place place) throws IOException {
    // An empty filesystem has no layers of its own: it is seen through its template.
    OpenStack stack = stacks.acquire(visible(chain));
    boolean opened = false;
    StackDevice device;
    try {
      device = StackDevice.readOnly(stack.stack(), sectorSize(probe(stack)));
      opened = true;
    } finally {
      if (!opened) {
        stack.close();
      }
    }
    ChainPlaces places = new ChainPlaces(layers, stack.chain(), Optional.empty());
    return open(device, places, new Manner(false, false, filesystem), stack, place);
  }

  /** Foreign filesystems with blocks of less than 4 KiB want small sectors. */
  private static int sectorSize(Probe probe) {
    return probe.geometry().unit() >= LARGE_SECTOR ? LARGE_SECTOR : 512;
  }

  private static Probe probe(OpenStack stack) throws IOException {
    return Probe.of(stack.stack(), "the device of snapshot " + stack.chain().snapshot());
  }

  /** The filesystem that a chain holds. Opens its layers. */
  public Probe probe(Chain chain) throws IOException {
    return threads.call(
        () -> {
          try (OpenStack stack = stacks.acquire(visible(chain))) {
            return probe(stack);
          }
        });
  }

  private Chain visible(Chain chain) throws IOException {
    return chain.layers().isEmpty() ? empty.chain() : chain;
  }

  /** Runs {@code work} on a read-only device node of {@code chain} that is not mounted. */
  public <T> T onDevice(Chain chain, DeviceWork<T> work) throws IOException {
    return threads.call(
        () -> {
          try (OpenStack stack = stacks.acquire(visible(chain))) {
            Probe probe = probe(stack);
            return onDevice(stack, probe, work);
          }
        });
  }

  private <T> T onDevice(OpenStack stack, Probe probe, DeviceWork<T> work) throws IOException {
    ChainPlaces places = new ChainPlaces(layers, stack.chain(), Optional.empty());
    try (StackDevice device = StackDevice.readOnly(stack.stack(), sectorSize(probe))) {
      LayeredExport export = exporter.exportLayers(device, places, nextName());
      try (var exported = export.exported()) {
        T result = work.run(exported.node(), probe.kind());
        Optional<IOException> failure = export.device().failure();
        if (failure.isPresent()) {
          throw new IOException("a read of the device failed", failure.get());
        }
        return result;
      }
    }
  }

  /** Work on a device node. */
  @FunctionalInterface
  public interface DeviceWork<T> {
    T run(Path node, FileSystem kind) throws IOException;
  }

  private void add(Slot slot) {
    synchronized (slots) {
      slots.add(slot);
    }
  }

  // --- what writers and readers call ---

  MountThreads threads() {
    return threads;
  }

  RawLayers raws() {
    return raws;
  }

  OpenLayers layers() {
    return layers;
  }

  Stacks stacks() {
    return stacks;
  }

  /** The writer has committed: the device rests on its new snapshot. */
  void rest(Slot slot) throws IOException {
    List<Slot> excess;
    synchronized (slots) {
      slot.writing = false;
      slots.remove(slot);
      slots.add(slot);
      excess = takeIdle(idleLimit);
    }
    closeAll(excess);
  }

  void readerLeft(Slot slot) throws IOException {
    List<Slot> excess;
    synchronized (slots) {
      slot.readers--;
      if (slot.readers == 0 && (slot.writing || !slot.healthy())) {
        slots.remove(slot);
        excess = List.of(slot);
      } else {
        excess = takeIdle(idleLimit);
      }
    }
    List<Slot> closing = excess;
    threads.call(
        () -> {
          closeAll(closing);
          return true;
        });
  }

  /** Takes the device down, whatever was written. On a mount thread. */
  void discard(Slot slot) throws IOException {
    synchronized (slots) {
      slots.remove(slot);
    }
    slot.device.close();
  }

  /**
   * Removes idle devices from the list, those used longest ago first, until {@code keep} are left.
   */
  private List<Slot> takeIdle(int keep) {
    List<Slot> idle = slots.stream().filter(Slot::idle).toList();
    List<Slot> taken = idle.subList(0, Math.max(0, idle.size() - keep));
    slots.removeAll(taken);
    return List.copyOf(taken);
  }

  private static void closeAll(List<Slot> taken) throws IOException {
    Closing closing = new Closing();
    for (Slot slot : taken) {
      closing.add(slot.device::close);
    }
    closing.close();
  }

  /** Takes down every device that nobody uses. */
  public void closeIdle() throws IOException {
    List<Slot> taken;
    synchronized (slots) {
      taken = takeIdle(0);
    }
    threads.call(
        () -> {
          closeAll(taken);
          return true;
        });
  }

  /** Ids of snapshots that a device of this process stands on. */
  public Set<String> inUse() {
    return new HashSet<>(stacks.open());
  }

  /** Takes down every device, used or not. */
  @Override
  public void close() throws IOException {
    List<Slot> all;
    synchronized (slots) {
      all = List.copyOf(slots);
      slots.clear();
    }
    threads.call(
        () -> {
          closeAll(all);
          return true;
        });
  }
}

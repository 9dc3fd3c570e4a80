package dev.obdbuild.worker.cachemount;

import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.snapshots.ActiveSnapshot;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.MountedView;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.content.MountedTree;
import dev.obdbuild.worker.file.MergeTree;
import dev.obdbuild.worker.lock.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Folders that are layers on a device, each under a name of the store's. While somebody uses one it
 * is mounted once in this process; when the last user lets go, what was written becomes a layer.
 * Thread-safe; the work on mounts is done on the store's own threads.
 */
final class LayeredFolders {

  private static final Duration LONGEST_USE = Duration.ofDays(30);

  /** Every use adds a layer: with so many a folder is written anew, as one. */
  private static final int MOST_LAYERS = 48;

  private static final String OWNER_AND_MODE = "unix:uid,gid,mode";

  private final Snapshots snapshots;
  private final Map<String, Mounted> mounts = new ConcurrentHashMap<>();

  LayeredFolders(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** Whether the folder of that name is one of these. */
  boolean has(String name) throws IOException {
    return snapshots.pins().has(name);
  }

  /** Bytes on this machine, by name. */
  Map<String, Long> bytes() throws IOException {
    return snapshots.pins().bytes();
  }

  /** A new folder that starts as a snapshot. */
  void begin(String name, Snapshot from) throws IOException {
    snapshots.pins().add(name, from);
  }

  /** Makes a folder of the host's one of these; nobody may use it meanwhile. */
  void take(String name, Path folder) throws IOException {
    try (Lease lease = lease(name)) {
      snapshots.pins().replace(name, written(name, folder, lease));
    }
  }

  /** What the folder holds now, held by a lease; nobody may use it meanwhile. */
  Optional<Snapshot> contents(String name, Lease lease) throws IOException {
    return snapshots.pins().newest(name, lease);
  }

  /** Lets a folder go, with its layers; nobody may use it meanwhile. */
  void remove(String name) throws IOException {
    snapshots.closeIdle(); // the device may still rest on it
    snapshots.pins().remove(name);
  }

  private Lease lease(String name) throws IOException {
    return snapshots.lease("cache mount " + name, LONGEST_USE);
  }

  /** All that a folder holds as a snapshot of one layer. */
  private Snapshot written(String name, Path folder, Lease lease) throws IOException {
    try (ActiveSnapshot fresh = snapshots.prepare(snapshots.scratch(), newKey(), lease)) {
      snapshots
          .mountThreads()
          .call(
              () -> {
                try (MountedTree tree = MountedTree.open(folder, name)) {
                  var _ = MergeTree.apply(tree, fresh.path());
                }
                for (var attribute :
                    Files.readAttributes(folder, OWNER_AND_MODE, LinkOption.NOFOLLOW_LINKS)
                        .entrySet()) {
                  Files.setAttribute(
                      fresh.path(), "unix:" + attribute.getKey(), attribute.getValue());
                }
                return true;
              });
      return fresh.commit(description(name));
    }
  }

  /** Layers of two uses are never one. */
  private static String newKey() {
    return "cache mount " + UUID.randomUUID();
  }

  private static String description(String name) {
    return "cache mount " + name;
  }

  /**
   * Takes a folder into use, mounting it when nobody uses it yet.
   *
   * @param alone keeps other processes away while it is mounted here
   */
  Using use(String name, FolderLock alone, Cancellation cancellation) throws IOException {
    Mounted mounted = mounts.computeIfAbsent(name, Mounted::new);
    mounted.lock.lock();
    try {
      Open open = mounted.open;
      if (open == null) {
        open = open(name, alone.await(true, cancellation));
        mounted.open = open;
      }
      mounted.users++;
      return new Using(mounted, open.active());
    } finally {
      mounted.lock.unlock();
    }
  }

  private Open open(String name, FolderLock.Held held) throws IOException {
    Closing closing = new Closing();
    closing.add(held);
    try {
      Lease lease = closing.add(lease(name));
      Snapshot from =
          snapshots
              .pins()
              .newest(name, lease)
              .orElseThrow(() -> new IOException("cache mount " + name + " was removed"));
      if (from.layers().size() >= MOST_LAYERS) {
        try (MountedView view = snapshots.view(from)) {
          from = written(name, view.path(), lease);
        }
        snapshots.pins().replace(name, from);
      }
      return new Open(closing.add(snapshots.prepare(from, newKey(), lease)), closing);
    } catch (IOException | RuntimeException e) {
      closing.closeAfter(e);
      throw e;
    }
  }

  /** A folder's device, mounted; closing {@code all} lets go of it. */
  private record Open(ActiveSnapshot active, Closing all) {}

  /** A folder and who uses it; changed with its lock held. */
  private static final class Mounted {
    final ReentrantLock lock = new ReentrantLock();
    final String name;
    int users;
    @Nullable Open open;

    Mounted(String name) {
      this.name = name;
    }
  }

  /** A use of a folder. Closing it twice is harmless. */
  final class Using implements AutoCloseable {
    private final Mounted mounted;
    private final ActiveSnapshot active;
    private boolean over;

    private Using(Mounted mounted, ActiveSnapshot active) {
      this.mounted = mounted;
      this.active = active;
    }

    Path folder() {
      return active.path();
    }

    Optional<IOException> failure() {
      return active.deviceFailure();
    }

    /**
     * Lets all that hangs on the device end, unless others use it as well. Never blocks for long.
     */
    void fail() {
      mounted.lock.lock();
      try {
        if (mounted.users == 1 && !over) {
          active.failDevice();
        }
      } finally {
        mounted.lock.unlock();
      }
    }

    /** The last one's closing keeps what was written, unless the device failed. */
    @Override
    public void close() throws IOException {
      mounted.lock.lock();
      try {
        Open open = mounted.open;
        if (over || open == null) {
          return;
        }
        over = true;
        mounted.users--;
        if (mounted.users > 0) {
          return;
        }
        mounted.open = null;
        try (Closing all = open.all()) {
          if (active.deviceFailure().isEmpty() && !active.isUntouched()) {
            Snapshot made = active.commit(description(mounted.name));
            snapshots.pins().add(mounted.name, made);
            snapshots.sealEarly(made); // what is sealed is on disk
          }
        }
      } finally {
        mounted.lock.unlock();
      }
    }
  }
}

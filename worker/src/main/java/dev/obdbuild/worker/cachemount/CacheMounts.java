package dev.obdbuild.worker.cachemount;

import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.lock.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folders of cache mounts. One for each process and state directory; thread-safe.
 *
 * <pre>
 * HEX/id           what the folder is for, in words
 * HEX/N.lock       locked, shared or exclusively, while folder N is in use
 * HEX/N/data       the folder itself, only there when its initial content is complete
 * HEX/N/new        initial content being written
 * HEX/N.device     locked exclusively by the process that has folder N mounted
 * </pre>
 *
 * HEX is the digest of the id. Folder 0 is the one that shared and locked mounts use; private
 * mounts take the first that nobody uses.
 *
 * <p>A folder that was imported, or exported before, is no folder of the host any more but layers
 * on a device ({@code HEX/N} stays, empty). Then one process at a time has it mounted: a shared
 * folder is shared within a process, and other processes wait.
 */
public final class CacheMounts {

  private static final int MOST_PRIVATE = 1000;

  private final FolderHomes homes;
  private final Optional<LayeredFolders> layered;
  private final Map<Path, FolderLock> locks = new ConcurrentHashMap<>();

  /** The folders below a directory of the host, which is made when needed. */
  public CacheMounts(Path root) {
    this(root, Optional.empty());
  }

  /** The same; folders that come from elsewhere or go there are layers of a store. */
  public CacheMounts(Path root, Snapshots snapshots) {
    this(root, Optional.of(new LayeredFolders(snapshots)));
  }

  private CacheMounts(Path root, Optional<LayeredFolders> layered) {
    this.homes = new FolderHomes(root.toAbsolutePath());
    this.layered = layered;
  }

  /**
   * Takes a folder into use, waiting for it where the sharing mode says so. A step that uses
   * several asks for them in the order of their ids, so that two steps never wait for each other.
   *
   * @param id equal ids get equal folders
   * @param initial asked when the folder does not exist yet
   * @throws java.util.concurrent.CancellationException when cancelled while waiting
   */
  public FolderUse use(
      FolderId id, Sharing sharing, InitialContent initial, Cancellation cancellation)
      throws IOException {
    Path home = homes.made(id);
    return switch (sharing) {
      case SHARED -> shared(new Folder(home, 0), initial, cancellation);
      case LOCKED -> {
        Folder folder = new Folder(home, 0);
        yield take(folder, lock(folder).await(true, cancellation), initial, cancellation);
      }
      case PRIVATE -> firstFree(home, initial, cancellation);
    };
  }

  /**
   * Initial content is written under an exclusive lock; sharers come after. Nobody waits for that
   * lock: whoever got it meanwhile may have made the folder and share it for as long as he likes.
   */
  private FolderUse shared(Folder folder, InitialContent initial, Cancellation cancellation)
      throws IOException {
    while (true) {
      FolderLock.Held held = lock(folder).await(false, cancellation);
      if (exists(folder)) {
        return opened(folder, held, cancellation);
      }
      held.close();
      Optional<FolderLock.Held> alone = lock(folder).tryLock(true);
      if (alone.isPresent()) {
        try (FolderLock.Held ours = alone.get()) {
          makeUnlessThere(folder, initial);
        }
      }
    }
  }

  private FolderUse firstFree(Path home, InitialContent initial, Cancellation cancellation)
      throws IOException {
    for (int n = 0; n < MOST_PRIVATE; n++) {
      Folder folder = new Folder(home, n);
      Optional<FolderLock.Held> held = lock(folder).tryLock(true);
      if (held.isPresent()) {
        return take(folder, held.get(), initial, cancellation);
      }
    }
    throw new IOException(MOST_PRIVATE + " private cache mounts of one id are in use: " + home);
  }

  private FolderUse take(
      Folder folder, FolderLock.Held held, InitialContent initial, Cancellation cancellation)
      throws IOException {
    boolean made = false;
    try {
      makeUnlessThere(folder, initial);
      made = true;
    } finally {
      if (!made) {
        held.close();
      }
    }
    return opened(folder, held, cancellation);
  }

  /** A folder that exists, with a lock on it that is held already. */
  private FolderUse opened(Folder folder, FolderLock.Held held, Cancellation cancellation)
      throws IOException {
    Closing all = new Closing();
    all.add(held);
    try {
      folder.touch();
      if (isLayered(folder)) {
        LayeredFolders.Using using =
            all.add(layered.orElseThrow().use(folder.name(), deviceLock(folder), cancellation));
        return new FolderUse(using.folder(), Optional.of(using), all);
      }
      return new FolderUse(folder.data(), Optional.empty(), all);
    } catch (IOException | RuntimeException e) {
      all.closeAfter(e);
      throw e;
    }
  }

  private boolean exists(Folder folder) throws IOException {
    return Files.isDirectory(folder.data()) || isLayered(folder);
  }

  private boolean isLayered(Folder folder) throws IOException {
    return layered.isPresent() && layered.get().has(folder.name());
  }

  private void makeUnlessThere(Folder folder, InitialContent initial) throws IOException {
    if (exists(folder)) {
      return;
    }
    Optional<Snapshot> imported = layered.isPresent() ? initial.imported() : Optional.empty();
    if (imported.isPresent()) {
      Files.createDirectories(folder.place());
      layered.get().begin(folder.name(), imported.get());
    } else {
      folder.make(initial);
    }
  }

  /**
   * What the folder that shared and locked mounts use holds now, as layers; empty when there is no
   * such folder. Waits until nobody uses it; whoever wants it meanwhile waits in turn. A folder of
   * the host moves onto a device.
   *
   * @param lease holds the answer
   * @throws java.util.concurrent.CancellationException when cancelled while waiting
   */
  public Optional<Snapshot> contents(FolderId id, Lease lease, Cancellation cancellation)
      throws IOException {
    Folder folder = new Folder(homes.of(id), 0);
    if (layered.isEmpty() || !Files.isDirectory(folder.place())) {
      return Optional.empty();
    }
    try (FolderLock.Held alone = lock(folder).await(true, cancellation)) {
      if (!exists(folder)) {
        return Optional.empty();
      }
      if (!isLayered(folder)) {
        layered.get().take(folder.name(), folder.data());
      }
      folder.removeData();
      return layered.get().contents(folder.name(), lease);
    }
  }

  private FolderLock lock(Folder folder) {
    return locks.computeIfAbsent(folder.lock(), FolderLock::new);
  }

  private FolderLock deviceLock(Folder folder) {
    return locks.computeIfAbsent(folder.deviceLock(), FolderLock::new);
  }

  /** Folders of that id, whatever they started with. */
  public List<FolderId> named(String id) throws IOException {
    return homes.ids().stream().filter(folder -> folder.id().equals(id)).toList();
  }

  /** All folders, with the space they take. Steps may use and others remove them meanwhile. */
  public List<FolderRecord> list() throws IOException {
    Map<String, Long> onDevices = layered.isPresent() ? layered.get().bytes() : Map.of();
    List<FolderRecord> records = new ArrayList<>();
    for (Folder folder : homes.folders()) {
      boolean inUse = isInUse(folder);
      // No lock is held for as long as this takes: a step would get another private folder.
      long bytes = folder.bytes() + onDevices.getOrDefault(folder.name(), 0L);
      try {
        records.add(FolderRecord.of(folder, bytes, inUse));
      } catch (NoSuchFileException e) {
        continue; // removed since it was found
      }
    }
    return records;
  }

  private boolean isInUse(Folder folder) throws IOException {
    Optional<FolderLock.Held> held = lock(folder).tryLock(true);
    if (held.isPresent()) {
      held.get().close();
    }
    return held.isEmpty();
  }

  /** Deletes a folder unless somebody uses it; false when somebody does. */
  public boolean remove(FolderRecord record) throws IOException {
    Folder folder = new Folder(record.home(), record.number());
    Optional<FolderLock.Held> held = lock(folder).tryLock(true);
    if (held.isEmpty()) {
      return false;
    }
    try (FolderLock.Held ours = held.get()) {
      if (isLayered(folder)) {
        layered.orElseThrow().remove(folder.name());
      }
      folder.removeAll();
      return true;
    }
  }
}

package dev.obdbuild.worker.cachemount;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.sys.Closing;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.snapshots.Lease;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.snapshots.Snapshots;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.worker.lock.FolderLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

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

  private final Path root;
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
    this.root = root.toAbsolutePath();
    this.layered = layered;
  }

  /** How a folder is shared. */
  public enum Sharing {
    /** With everyone who does not lock it. */
    SHARED,
    /** Not at all: who comes second gets a folder of his own. */
    PRIVATE,
    /** Not at all: who comes second waits. */
    LOCKED
  }

  /** What a new folder starts with. */
  public interface InitialContent {
    /** Fills {@code folder}, which exists, is empty and has mode 0755. */
    void write(Path folder) throws IOException;

    /** The same folder as it was exported elsewhere, which goes before {@link #write}. */
    default Optional<Snapshot> imported() throws IOException {
      return Optional.empty();
    }
  }

  /** A folder in use. */
  public static final class Use implements AutoCloseable {
    private final Path folder;
    private final Optional<LayeredFolders.Using> device;
    private final Closing all;

    private Use(Path folder, Optional<LayeredFolders.Using> device, Closing all) {
      this.folder = folder;
      this.device = device;
      this.all = all;
    }

    /** Absolute path on the host. It may lie on a device that this process serves. */
    public Path folder() {
      return folder;
    }

    /** Lets all that hangs on its device end, unless others use it as well. */
    public void failDevice() {
      device.ifPresent(LayeredFolders.Using::fail);
    }

    /** The first read or write of its device that failed. */
    public Optional<IOException> deviceFailure() {
      return device.flatMap(LayeredFolders.Using::failure);
    }

    /**
     * Lets others use it.
     *
     * @throws IOException when what was written to a device could not be kept
     */
    @Override
    public void close() throws IOException {
      try {
        all.close();
      } catch (IOException e) {
        throw new IOException("cache mount " + folder + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Takes a folder into use, waiting for it where the sharing mode says so. A step that uses
   * several asks for them in the order of their ids, so that two steps never wait for each other.
   *
   * @param id equal ids get equal folders
   * @param initial asked when the folder does not exist yet
   * @throws java.util.concurrent.CancellationException when cancelled while waiting
   */
  public Use use(FolderId id, Sharing sharing, InitialContent initial, Cancellation cancellation)
      throws IOException {
    Path home = home(id);
    return switch (sharing) {
      case SHARED -> shared(new Folder(home, 0), initial, cancellation);
      case LOCKED -> {
        Folder folder = new Folder(home, 0);
        yield take(folder, lock(folder).await(true, cancellation), initial, cancellation);
      }
      case PRIVATE -> firstFree(home, initial, cancellation);
    };
  }

  private Path home(FolderId id) throws IOException {
    Path home = homeOf(id);
    if (!Files.exists(home.resolve("id"))) {
      Files.createDirectories(home);
      Files.writeString(home.resolve("id"), id.text());
    }
    return home;
  }

  private Path homeOf(FolderId id) {
    return root.resolve(Digest.sha256(id.text().getBytes(StandardCharsets.UTF_8)).hex());
  }

  /**
   * Initial content is written under an exclusive lock; sharers come after. Nobody waits for that
   * lock: whoever got it meanwhile may have made the folder and share it for as long as he likes.
   */
  private Use shared(Folder folder, InitialContent initial, Cancellation cancellation)
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

  private Use firstFree(Path home, InitialContent initial, Cancellation cancellation)
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

  private Use take(
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
  private Use opened(Folder folder, FolderLock.Held held, Cancellation cancellation)
      throws IOException {
    Closing all = new Closing();
    all.add(held);
    try {
      // The folder around the data tells when it was used last.
      Files.setLastModifiedTime(folder.place(), FileTime.from(Instant.now()));
      if (isLayered(folder)) {
        LayeredFolders.Using using =
            all.add(layered.orElseThrow().use(folder.name(), deviceLock(folder), cancellation));
        return new Use(using.folder(), Optional.of(using), all);
      }
      return new Use(folder.data(), Optional.empty(), all);
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
      make(folder.data(), initial);
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
    Folder folder = new Folder(homeOf(id), 0);
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
      remove(folder.place(), "data"); // also what a killed process has left
      return layered.get().contents(folder.name(), lease);
    }
  }

  /** Folders of that id, whatever they started with. */
  public List<FolderId> named(String id) throws IOException {
    List<FolderId> found = new ArrayList<>();
    for (Path home : children(root)) {
      if (Files.exists(home.resolve("id"))) {
        FolderId folder = FolderId.parse(Files.readString(home.resolve("id")));
        if (folder.id().equals(id)) {
          found.add(folder);
        }
      }
    }
    return found;
  }

  private static void make(Path data, InitialContent initial) throws IOException {
    Path parent = data.getParent();
    if (parent == null) {
      throw new IllegalStateException("cache mount without a parent: " + data);
    }
    Files.createDirectories(parent);
    remove(parent, "new");
    Path fresh = parent.resolve("new");
    Files.createDirectory(fresh);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    initial.write(fresh);
    Files.move(fresh, data);
  }

  private FolderLock lock(Folder folder) {
    return locks.computeIfAbsent(folder.file(".lock"), FolderLock::new);
  }

  private FolderLock deviceLock(Folder folder) {
    return locks.computeIfAbsent(folder.file(".device"), FolderLock::new);
  }

  /** Where a folder and what belongs to it lies. */
  private record Folder(Path home, int number) {

    Path place() {
      return home.resolve(Integer.toString(number));
    }

    Path data() {
      return place().resolve("data");
    }

    Path file(String suffix) {
      return home.resolve(number + suffix);
    }

    /** Under which the store keeps its layers. */
    String name() {
      return home.getFileName() + "/" + number;
    }
  }

  private static void remove(Path folder, String name) throws IOException {
    try (Root root = Root.open(folder);
        Dir dir = root.dir(RawPath.EMPTY)) {
      dir.remove(RawPath.of(name));
    }
  }

  /**
   * A folder as listings show it.
   *
   * @param id what it is for
   * @param bytes stored in it
   */
  public record Record(
      String id,
      Path home,
      int number,
      long bytes,
      Instant created,
      Instant lastUsed,
      boolean inUse) {}

  /** All folders, with the space they take. */
  public List<Record> list() throws IOException {
    Map<String, Long> onDevices = layered.isPresent() ? layered.get().bytes() : Map.of();
    List<Record> records = new ArrayList<>();
    for (Path home : children(root)) {
      Path named = home.resolve("id");
      String id = Files.exists(named) ? Files.readString(named) : home.toString();
      for (Path place : children(home)) {
        if (Files.isDirectory(place)) {
          Folder folder = new Folder(home, Integer.parseInt(String.valueOf(place.getFileName())));
          Optional<FolderLock.Held> held = lock(folder).tryLock(true);
          long bytes = bytes(place) + onDevices.getOrDefault(folder.name(), 0L);
          records.add(record(id, folder, bytes, held.isEmpty()));
          if (held.isPresent()) {
            held.get().close();
          }
        }
      }
    }
    return records;
  }

  private static Record record(String id, Folder folder, long bytes, boolean inUse)
      throws IOException {
    BasicFileAttributes times = Files.readAttributes(folder.place(), BasicFileAttributes.class);
    return new Record(
        id,
        folder.home(),
        folder.number(),
        bytes,
        times.creationTime().toInstant(),
        times.lastModifiedTime().toInstant(),
        inUse);
  }

  /** Deletes a folder unless somebody uses it; false when somebody does. */
  public boolean remove(Record record) throws IOException {
    Folder folder = new Folder(record.home(), record.number());
    Optional<FolderLock.Held> held = lock(folder).tryLock(true);
    if (held.isEmpty()) {
      return false;
    }
    try (FolderLock.Held ours = held.get()) {
      if (isLayered(folder)) {
        layered.orElseThrow().remove(folder.name());
      }
      remove(record.home(), Integer.toString(record.number()));
      return true;
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    } catch (UncheckedIOException e) {
      throw new IOException("cache mounts in " + folder, e);
    }
  }

  private static long bytes(Path folder) throws IOException {
    long[] sum = {0};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }
}

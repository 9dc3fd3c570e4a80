package dev.obdbuild.worker.cachemount;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.oci.image.Digest;
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
 * </pre>
 *
 * HEX is the digest of the id. Folder 0 is the one that shared and locked mounts use; private
 * mounts take the first that nobody uses.
 */
public final class CacheMounts {

  private static final int MOST_PRIVATE = 1000;

  private final Path root;
  private final Map<Path, FolderLock> locks = new ConcurrentHashMap<>();

  /** The folders below a directory of the host, which is made when needed. */
  public CacheMounts(Path root) {
    this.root = root;
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

  /** Writes the initial content of a folder. */
  @FunctionalInterface
  public interface InitialContent {
    /** Fills {@code folder}, which exists, is empty and has mode 0755. */
    void write(Path folder) throws IOException;
  }

  /**
   * A folder in use.
   *
   * @param folder absolute path on the host
   */
  public record Use(Path folder, AutoCloseable lock) implements AutoCloseable {
    /** Lets others use it. */
    @Override
    public void close() throws IOException {
      try {
        lock.close();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("cache mount " + folder, e);
      }
    }
  }

  /**
   * Takes a folder into use, waiting for it where the sharing mode says so. A step that uses
   * several asks for them in the order of their ids, so that two steps never wait for each other.
   *
   * @param id equal ids get equal folders
   * @param initial called when the folder does not exist yet
   * @throws java.util.concurrent.CancellationException when cancelled while waiting
   */
  public Use use(String id, Sharing sharing, InitialContent initial, Cancellation cancellation)
      throws IOException {
    Path home = home(id);
    Use use =
        switch (sharing) {
          case SHARED -> shared(home, initial, cancellation);
          case LOCKED -> take(home, 0, lock(home, 0).await(true, cancellation), initial);
          case PRIVATE -> firstFree(home, initial);
        };
    noteUse(use);
    return use;
  }

  /** The folder around the data tells when it was used last. */
  private static void noteUse(Use use) throws IOException {
    try {
      Files.setLastModifiedTime(use.folder().resolveSibling(""), FileTime.from(Instant.now()));
    } catch (IOException e) {
      use.close();
      throw e;
    }
  }

  private Path home(String id) throws IOException {
    Path home =
        root.toAbsolutePath().resolve(Digest.sha256(id.getBytes(StandardCharsets.UTF_8)).hex());
    if (!Files.exists(home.resolve("id"))) {
      Files.createDirectories(home);
      Files.writeString(home.resolve("id"), id);
    }
    return home;
  }

  /** Initial content is written under an exclusive lock; sharers come after. */
  private Use shared(Path home, InitialContent initial, Cancellation cancellation)
      throws IOException {
    if (!Files.isDirectory(data(home, 0))) {
      try (Use made = take(home, 0, lock(home, 0).await(true, cancellation), initial)) {
        cancellation.throwIfCancelled();
      }
    }
    return new Use(data(home, 0), lock(home, 0).await(false, cancellation));
  }

  private Use firstFree(Path home, InitialContent initial) throws IOException {
    for (int n = 0; n < MOST_PRIVATE; n++) {
      Optional<FolderLock.Held> held = lock(home, n).tryLock(true);
      if (held.isPresent()) {
        return take(home, n, held.get(), initial);
      }
    }
    throw new IOException(MOST_PRIVATE + " private cache mounts of one id are in use: " + home);
  }

  private Use take(Path home, int n, FolderLock.Held held, InitialContent initial)
      throws IOException {
    boolean taken = false;
    try {
      Path data = data(home, n);
      if (!Files.isDirectory(data)) {
        make(data, initial);
      }
      taken = true;
      return new Use(data, held);
    } finally {
      if (!taken) {
        held.close();
      }
    }
  }

  private static void make(Path data, InitialContent initial) throws IOException {
    Path parent = data.getParent();
    if (parent == null) {
      throw new IllegalStateException("cache mount without a parent: " + data);
    }
    Files.createDirectories(parent);
    try (Root root = Root.open(parent);
        Dir dir = root.dir(RawPath.EMPTY)) {
      dir.remove(RawPath.of("new"));
    }
    Path fresh = parent.resolve("new");
    Files.createDirectory(fresh);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    initial.write(fresh);
    Files.move(fresh, data);
  }

  private FolderLock lock(Path home, int n) {
    return locks.computeIfAbsent(home.resolve(n + ".lock"), FolderLock::new);
  }

  private static Path data(Path home, int n) {
    return home.resolve(Integer.toString(n)).resolve("data");
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
    List<Record> records = new ArrayList<>();
    for (Path home : children(root)) {
      Path named = home.resolve("id");
      String id = Files.exists(named) ? Files.readString(named) : home.toString();
      for (Path folder : children(home)) {
        if (Files.isDirectory(folder)) {
          int n = Integer.parseInt(String.valueOf(folder.getFileName()));
          Optional<FolderLock.Held> held = lock(home, n).tryLock(true);
          records.add(record(id, home, n, folder, held.isEmpty()));
          if (held.isPresent()) {
            held.get().close();
          }
        }
      }
    }
    return records;
  }

  private static Record record(String id, Path home, int n, Path folder, boolean inUse)
      throws IOException {
    BasicFileAttributes times = Files.readAttributes(folder, BasicFileAttributes.class);
    return new Record(
        id,
        home,
        n,
        bytes(folder),
        times.creationTime().toInstant(),
        times.lastModifiedTime().toInstant(),
        inUse);
  }

  /** Deletes a folder unless somebody uses it; false when somebody does. */
  public boolean remove(Record record) throws IOException {
    Optional<FolderLock.Held> held = lock(record.home(), record.number()).tryLock(true);
    if (held.isEmpty()) {
      return false;
    }
    try (FolderLock.Held ours = held.get();
        Root root = Root.open(record.home());
        Dir dir = root.dir(RawPath.EMPTY)) {
      dir.remove(RawPath.of(Integer.toString(record.number())));
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

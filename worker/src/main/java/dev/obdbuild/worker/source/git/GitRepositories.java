package dev.obdbuild.worker.source.git;

import dev.obdbuild.worker.lock.FolderLock;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was fetched from git remotes, kept for later builds: one repository each. One object for
 * each state folder and process, since it knows who in this process holds which lock. Thread-safe.
 */
public final class GitRepositories {

  private final Path root;
  private final Map<Path, FolderLock> locks = new ConcurrentHashMap<>();

  /** Those below a folder, which is made when needed. */
  public GitRepositories(Path root) {
    this.root = root;
  }

  /**
   * One repository.
   *
   * @param remote its URL, without password
   * @param bytes stored in it
   */
  public record Kept(
      String remote, Path home, long bytes, Instant created, Instant lastUsed, boolean inUse) {}

  Path home(String name) {
    return root.resolve(name);
  }

  FolderLock lock(Path home) {
    return locks.computeIfAbsent(home, folder -> new FolderLock(folder.resolve("lock")));
  }

  /** All that are complete. */
  public List<Kept> list() throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    List<Path> homes;
    try (Stream<Path> all = Files.list(root)) {
      homes = all.sorted().toList();
    }
    List<Kept> kept = new ArrayList<>();
    for (Path home : homes) {
      Path repository = home.resolve("repo");
      if (Files.isDirectory(repository)) {
        Optional<FolderLock.Held> held = lock(home).tryLock(true);
        kept.add(kept(home, repository, held.isEmpty()));
        if (held.isPresent()) {
          held.get().close();
        }
      }
    }
    return kept;
  }

  private static Kept kept(Path home, Path repository, boolean inUse) throws IOException {
    BasicFileAttributes times = Files.readAttributes(repository, BasicFileAttributes.class);
    return new Kept(
        Files.readString(home.resolve("remote")).strip(),
        home,
        bytes(repository),
        times.creationTime().toInstant(),
        times.lastModifiedTime().toInstant(),
        inUse);
  }

  /** Files that go away meanwhile do not count. */
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

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }

  /** Deletes a repository unless somebody uses it; false when somebody does. */
  public boolean remove(Kept repository) throws IOException {
    Optional<FolderLock.Held> held = lock(repository.home()).tryLock(true);
    if (held.isEmpty()) {
      return false;
    }
    try (FolderLock.Held ours = held.get()) {
      Path folder = repository.home().resolve("repo");
      if (Files.isDirectory(folder)) {
        Folders.delete(folder);
      }
      return true;
    }
  }
}

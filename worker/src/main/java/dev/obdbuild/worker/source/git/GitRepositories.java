package dev.obdbuild.worker.source.git;

import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.worker.lock.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

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
        Trees.bytes(repository),
        times.creationTime().toInstant(),
        times.lastModifiedTime().toInstant(),
        inUse);
  }

  /** Deletes a repository unless somebody uses it; false when somebody does. */
  public boolean remove(Kept repository) throws IOException {
    Optional<FolderLock.Held> held = lock(repository.home()).tryLock(true);
    if (held.isEmpty()) {
      return false;
    }
    try (FolderLock.Held ours = held.get()) {
      Trees.remove(repository.home().resolve("repo"));
      return true;
    }
  }
}

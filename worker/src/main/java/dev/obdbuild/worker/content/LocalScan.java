package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.StatList;
import dev.obdbuild.linux.file.StatScan;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.llb.pattern.PathPatterns.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Walks a folder of the host once and keeps what the filter lets through. A directory is handed to
 * another thread whenever one has nothing to do, so that no more descriptors are open than the
 * folder is deep, times threads.
 */
final class LocalScan {
  private static final int MOST_THREADS = 4;

  private final @Nullable PathPatterns includes;
  private final PathPatterns excludes;
  private final long settled;
  private final ExecutorService threads;
  private final Semaphore idle;

  /**
   * What a scan found.
   *
   * @param state names it, see {@link LocalState}
   */
  record Found(Stat top, LocalFolder folder, @Nullable String state) {
    LocalNode node() {
      return folder.node(RawPath.EMPTY, top);
    }
  }

  private LocalScan(
      @Nullable PathPatterns includes,
      PathPatterns excludes,
      long settled,
      ExecutorService threads,
      int count) {
    this.includes = includes;
    this.excludes = excludes;
    this.settled = settled;
    this.threads = threads;
    this.idle = new Semaphore(count);
  }

  /**
   * Scans.
   *
   * @param settled see {@link LocalState}
   */
  static Found scan(Root root, LocalFilter filter, long settled) throws IOException {
    List<String> included = new ArrayList<>(filter.includePatterns());
    if (!filter.followPaths().isEmpty()) {
      List<String> followed = FollowedPaths.of(root, filter.followPaths());
      if (followed.isEmpty()) {
        included.clear();
      }
      included.addAll(followed);
    }
    PathPatterns includes = included.isEmpty() ? null : PathPatterns.of(included);
    PathPatterns excludes = PathPatterns.of(filter.excludePatterns());
    int count = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    try (ExecutorService threads =
            Executors.newFixedThreadPool(
                count, Thread.ofPlatform().name("folder-scan-", 0).daemon().factory());
        Dir top = root.dir(RawPath.EMPTY);
        Walker walker = new LocalScan(includes, excludes, settled, threads, count).walker()) {
      Stat stat = top.stat();
      LocalFolder folder = walker.folder(top, Verdict.NONE, Verdict.NONE);
      return new Found(stat, folder, walker.state.name(stat, folder));
    }
  }

  private Walker walker() {
    return new Walker();
  }

  /** One thread's part. */
  private final class Walker implements AutoCloseable {
    private final StatScan stats = new StatScan();
    private final LocalState state = new LocalState(settled);

    LocalFolder folder(Dir dir, Verdict included, Verdict excluded) throws IOException {
      boolean all = includes == null && excludes.isEmpty();
      StatList files =
          stats.read(
              dir,
              all ? null : (name, type) -> verdict(dir, name, included, excluded).mayCount(type));
      Map<Integer, LocalFolder> below = new HashMap<>();
      Map<Integer, RawPath> targets = new HashMap<>();
      Map<Integer, CompletableFuture<LocalFolder>> elsewhere = new HashMap<>();
      try {
        for (int i = 0; i < files.size(); i++) {
          FileType type = files.type(i);
          if (type == FileType.SYMLINK) {
            targets.put(i, dir.readlink(files.name(i)));
          } else if (type == FileType.DIRECTORY) {
            RawPath name = files.name(i);
            Verdicts said = all ? Verdicts.ALL : verdict(dir, name, included, excluded);
            if (idle.tryAcquire()) {
              elsewhere.put(i, hand(dir, name, said));
            } else {
              keep(i, below(dir, name, said), said, below);
            }
          }
        }
      } finally {
        // None may still use this directory when the caller closes it.
        elsewhere.values().forEach(LocalScan::settle);
      }
      for (Map.Entry<Integer, CompletableFuture<LocalFolder>> other : elsewhere.entrySet()) {
        RawPath name = files.name(other.getKey());
        Verdicts said = all ? Verdicts.ALL : verdict(dir, name, included, excluded);
        keep(other.getKey(), result(other.getValue()), said, below);
      }
      return new LocalFolder(files, below, targets, state.of(files, below));
    }

    private LocalFolder below(Dir dir, RawPath name, Verdicts said) throws IOException {
      try (Dir opened = dir.openDir(name)) {
        return folder(opened, said.in(), said.out());
      }
    }

    @Override
    public void close() {
      stats.close();
    }
  }

  private CompletableFuture<LocalFolder> hand(Dir dir, RawPath name, Verdicts said) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Walker walker = walker()) {
            return walker.below(dir, name, said);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } finally {
            idle.release();
          }
        },
        threads);
  }

  private static void settle(CompletableFuture<LocalFolder> other) {
    var _ = other.handle((folder, failure) -> folder == null).join();
  }

  private static LocalFolder result(CompletableFuture<LocalFolder> other) throws IOException {
    try {
      return other.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw e;
    }
  }

  /** A directory that is not wanted itself is kept for what is wanted below it. */
  private static void keep(
      int index, LocalFolder folder, Verdicts said, Map<Integer, LocalFolder> below) {
    if (said.wanted() || !folder.isEmpty()) {
      below.put(index, folder);
    }
  }

  /** What the patterns say of one name. */
  private record Verdicts(boolean wanted, boolean mayHold, Verdict in, Verdict out) {
    static final Verdicts ALL = new Verdicts(true, true, Verdict.NONE, Verdict.NONE);

    boolean mayCount(FileType type) {
      return type == FileType.DIRECTORY ? mayHold : wanted;
    }
  }

  private Verdicts verdict(Dir dir, RawPath name, Verdict included, Verdict excluded) {
    String path = dir.path().child(name).text();
    Verdict in = includes == null ? Verdict.NONE : includes.match(path, included);
    Verdict out = excludes.match(path, excluded);
    boolean mayHold =
        (!out.matched() || excludes.hasExceptions())
            && (includes == null || in.matched() || includes.mayMatchBelow(path));
    return new Verdicts((includes == null || in.matched()) && !out.matched(), mayHold, in, out);
  }
}

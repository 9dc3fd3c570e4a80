package dev.obdbuild.builder.usage;

import dev.obdbuild.builder.filter.Filter;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Everything below the state folder that takes space, but for the history. Thread-safe; one prune
 * at a time.
 */
public final class Usage {

  /** What else goes when no result of a step is left. */
  @FunctionalInterface
  public interface Forgetting {
    void run() throws IOException;
  }

  private static final int BATCH = 64;

  private final ReentrantLock pruning = new ReentrantLock();
  private final Path root;
  private final List<UsageSource> sources;
  private final Forgetting results;
  private final InstantSource clock;

  /**
   * @param root the state folder: its disk counts
   * @param sources its parts; ids of different parts differ
   * @param results forgets which results are known when none is left
   */
  public Usage(Path root, List<UsageSource> sources, Forgetting results) {
    this(root, sources, results, InstantSource.system());
  }

  Usage(Path root, List<UsageSource> sources, Forgetting results, InstantSource clock) {
    this.root = root;
    this.sources = List.copyOf(sources);
    this.results = results;
    this.clock = clock;
  }

  /** Everything. */
  public List<UsageItem> list() throws IOException {
    List<UsageItem> items = new ArrayList<>();
    for (UsageSource source : sources) {
      items.addAll(source.list());
    }
    return items;
  }

  /**
   * What a filter chooses.
   *
   * @param ageLimit leaves out what was used within this time, unless zero
   */
  public List<UsageItem> list(Filter filter, Duration ageLimit) throws IOException {
    Instant limit = clock.instant().minus(ageLimit);
    return list().stream()
        .filter(item -> filter.matches(item.fields()))
        .filter(
            item ->
                ageLimit.isZero()
                    || item.lastUsed().isEmpty()
                    || !item.lastUsed().get().isAfter(limit))
        .toList();
  }

  /** Bytes of the disk that the state folder lies on. */
  public long diskBytes() throws IOException {
    return disk().getTotalSpace();
  }

  private FileStore disk() throws IOException {
    return Files.getFileStore(root);
  }

  /**
   * Removes what nobody uses, as far as the order wants.
   *
   * @param removed told of each thing that is gone, on this thread
   */
  public void prune(PruneOrder order, Consumer<UsageItem> removed) throws IOException {
    pruning.lock();
    try {
      Map<UsageSource, List<UsageItem>> items = new LinkedHashMap<>();
      for (UsageSource source : sources) {
        items.put(source, source.list());
      }
      Set<UsageItem> left = new HashSet<>();
      items.values().forEach(left::addAll);
      List<UsageItem> chosen =
          PrunePlan.choose(order, List.copyOf(left), disk().getUnallocatedSpace(), clock.instant());
      for (UsageSource source : sources) {
        Set<UsageItem> there = Set.copyOf(items.getOrDefault(source, List.of()));
        List<UsageItem> own = chosen.stream().filter(there::contains).toList();
        for (int from = 0; from < own.size(); from += BATCH) {
          for (UsageItem gone :
              source.remove(own.subList(from, Math.min(own.size(), from + BATCH)))) {
            left.remove(gone);
            removed.accept(gone);
          }
        }
      }
      if (left.stream().noneMatch(item -> item.kind() == UsageKind.STEP)) {
        results.run();
      }
    } finally {
      pruning.unlock();
    }
  }
}

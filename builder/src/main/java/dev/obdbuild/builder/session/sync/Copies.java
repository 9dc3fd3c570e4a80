package dev.obdbuild.builder.session.sync;

import dev.obdbuild.builder.session.sync.IndexFile.Header;
import dev.obdbuild.builder.session.sync.IndexFile.Index;
import dev.obdbuild.worker.content.SyncedTree;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/**
 * All copies of one folder: the newest, which is what the next transfer is compared with, and those
 * before it that a build still has open. A file of the pool is deleted when no copy needs it.
 * Thread-safe; transfers run without a lock.
 */
final class Copies {
  private final Path index;
  private final String boot;
  private final Pool pool;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Copy> live = new HashSet<>();
  private final LongSupplier numbers;
  private Copy newest;

  /** The newest copy's; read again when memory was needed for something else meanwhile. */
  private SoftReference<List<SyncEntry>> known = new SoftReference<>(null);

  private boolean removed;

  /** One state of the folder; users counted under the lock. */
  static final class Copy {
    private final long number;
    private final long[] files;
    private int users;

    /** See {@link KnownState}; empty where none is known. */
    private String state;

    private Copy(long number, String state, List<SyncEntry> entries) {
      this.number = number;
      this.state = state;
      this.files =
          entries.stream()
              .mapToLong(entry -> Place.file(entry.content()))
              .filter(n -> n > 0)
              .sorted()
              .distinct()
              .toArray();
    }

    /** Of no other copy of any folder while the process lives. */
    long number() {
      return number;
    }

    private boolean needs(long file) {
      return Arrays.binarySearch(files, file) >= 0;
    }
  }

  /**
   * @param numbers gives each copy its own
   */
  Copies(Path folder, String boot, LongSupplier numbers) throws IOException {
    this.boot = boot;
    this.numbers = numbers;
    this.index = folder.resolve("index");
    Files.createDirectories(folder);
    Optional<Index> stored = IndexFile.read(index, boot);
    List<SyncEntry> entries = stored.map(Index::entries).orElse(List.of());
    this.known = new SoftReference<>(entries);
    this.newest =
        new Copy(numbers.getAsLong(), stored.map(i -> i.header().state()).orElse(""), entries);
    this.pool = Pool.open(folder.resolve("files"), newest.files);
    live.add(newest);
  }

  private List<SyncEntry> stored() throws IOException {
    List<SyncEntry> entries = IndexFile.read(index, boot).map(Index::entries).orElse(List.of());
    known = new SoftReference<>(entries);
    return entries;
  }

  private List<SyncEntry> entries() throws IOException {
    List<SyncEntry> entries = known.get();
    return entries == null ? stored() : entries;
  }

  /** Files of one state, held until it is released. */
  record Held(Copy copy, List<SyncEntry> entries) {}

  SyncedTree.Content content(SyncEntry entry) {
    long content = entry.content();
    Path file = pool.file(Place.file(content));
    return Place.isShared(content)
        ? new SyncedTree.Shared(file, Place.offset(content), (int) entry.size())
        : new SyncedTree.Alone(file);
  }

  /**
   * Transfers.
   *
   * @param key kept in the index for people
   * @param beginning called once, unless the copies were removed
   * @param wish what is transferred
   * @return the new state; empty when the copies were removed meanwhile, before anything was asked
   */
  Optional<Held> sync(
      String key, SyncedFolders.Beginning beginning, TransferWish wish, LongConsumer transferred)
      throws IOException {
    Held former;
    String state;
    lock.lock();
    try {
      if (removed) {
        return Optional.empty();
      }
      former = new Held(newest, entries());
      newest.users++;
      state = wish.isPlain() ? newest.state : "";
    } finally {
      lock.unlock();
    }
    try {
      List<SyncEntry> basis = wish.compare() ? former.entries() : List.of();
      Receiver receiver =
          new Receiver(
              beginning.begin(state),
              pool,
              new Receiver.Former(basis),
              wish.wantedOfListed(),
              state,
              transferred);
      List<SyncEntry> entries = receiver.run();
      return Optional.of(commit(key, former, entries, wish.isPlain() ? receiver.state() : ""));
    } finally {
      release(former.copy());
    }
  }

  private Held commit(String key, Held former, List<SyncEntry> entries, String state)
      throws IOException {
    lock.lock();
    try {
      if (entries == former.entries() && newest != former.copy()) {
        former.copy().users++;
        return former;
      }
      if (newest == former.copy() && new Receiver.Former(former.entries()).isStill(entries)) {
        if (state.isEmpty() || state.equals(newest.state)) {
          touch();
        } else {
          write(key, state, entries);
          newest.state = state;
        }
        newest.users++;
        return former;
      }
      Copy copy = new Copy(numbers.getAsLong(), state, entries);
      copy.users = 1;
      live.add(copy);
      try {
        write(key, state, entries);
      } catch (IOException e) {
        drop(copy);
        throw e;
      }
      Copy old = newest;
      newest = copy;
      known = new SoftReference<>(entries);
      if (old.users == 0) {
        drop(old);
      }
      return new Held(copy, entries);
    } finally {
      lock.unlock();
    }
  }

  private void write(String key, String state, List<SyncEntry> entries) throws IOException {
    long bytes = entries.stream().filter(SyncEntry::hasContent).mapToLong(SyncEntry::size).sum();
    IndexFile.write(index, boot, new Header(key, state, entries.size(), bytes), entries);
  }

  private void touch() throws IOException {
    if (Files.exists(index)) {
      Files.setLastModifiedTime(index, FileTime.from(Instant.now()));
    }
  }

  void release(Copy copy) throws IOException {
    lock.lock();
    try {
      copy.users--;
      if (copy.users == 0 && copy != newest) {
        drop(copy);
      }
    } finally {
      lock.unlock();
    }
  }

  private void drop(Copy copy) throws IOException {
    live.remove(copy);
    long[] unneeded =
        LongStream.of(copy.files)
            .filter(file -> live.stream().noneMatch(other -> other.needs(file)))
            .toArray();
    for (long file : unneeded) {
      pool.delete(file);
    }
  }

  boolean inUse() {
    lock.lock();
    try {
      return live.stream().anyMatch(copy -> copy.users > 0);
    } finally {
      lock.unlock();
    }
  }

  /** Says that the folder is deleted; false, and nothing happens, when it is in use. */
  boolean retire() {
    lock.lock();
    try {
      removed = live.stream().noneMatch(copy -> copy.users > 0);
      return removed;
    } finally {
      lock.unlock();
    }
  }
}

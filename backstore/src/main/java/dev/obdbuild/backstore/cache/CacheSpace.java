package dev.obdbuild.backstore.cache;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How much the cache holds, and what goes when it is too much: extents, coldest first, of blobs in
 * use as of others. A scan, however fast, does not drive out what was used several times: that goes
 * last, as far as it fills no more than half of the bound. Every process counts what it adds itself
 * and looks at all of the folder after each sixteenth of the bound. Thread-safe.
 */
final class CacheSpace {

  /** After a failed write nothing is kept for so long: the disk is full, or worse. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final long MAX_STEP = 64L << 20;

  /**
   * Left free on the disk, but at most a sixteenth of it: a cache that took the last byte would
   * fail the layers being written beside it, and even the records of their removal.
   */
  private static final long MAX_RESERVE = 64L << 20;

  private final Path folder;
  private final long maxBytes;
  private final long step;
  private final InstantSource clock;
  private final Supplier<Collection<CachedFile>> open;
  private final FolderLock lock;

  /** What may still be kept before the folder is looked at again. */
  private final AtomicLong allowance = new AtomicLong();

  /** Admitted, and not on the disk yet: no map tells of it. */
  private final AtomicLong unwritten = new AtomicLong();

  private volatile @Nullable IOException trouble;
  private volatile long pausedUntil;

  CacheSpace(
      Path folder,
      long maxBytes,
      InstantSource clock,
      Supplier<Collection<CachedFile>> open,
      FolderLock lock) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.step = Math.clamp(maxBytes / 16, BlockCache.BLOCK, MAX_STEP);
    this.clock = clock;
    this.open = open;
    this.lock = lock;
  }

  long now() {
    return clock.millis();
  }

  /** Nothing is kept for a while: a write has failed. */
  void pause(IOException failure) {
    trouble = failure;
    pausedUntil = now() + PAUSE.toMillis();
  }

  /** Whether what is fetched can be kept at present. */
  boolean keeps() {
    if (trouble == null) {
      return maxBytes >= BlockCache.BLOCK;
    }
    if (now() < pausedUntil) {
      return false;
    }
    trouble = null;
    return true;
  }

  /** Why nothing is kept at present. */
  Optional<IOException> trouble() {
    return Optional.ofNullable(trouble);
  }

  /**
   * Whether blocks of this many bytes may be kept; makes room for them if need be. If so, {@link
   * #written} is to follow.
   */
  boolean admit(long bytes) throws IOException {
    if (!keeps()) {
      return false;
    }
    if (take(bytes)) {
      return true;
    }
    boolean[] taken = new boolean[1];
    lock.run(
        () -> {
          if (allowance.get() < bytes) {
            enforce(bytes);
          }
          taken[0] = take(bytes);
        });
    return taken[0];
  }

  /** What was admitted has been written, or will not be. */
  void written(long bytes) {
    unwritten.addAndGet(-bytes);
  }

  private boolean take(long bytes) {
    if (allowance.addAndGet(-bytes) >= 0) {
      unwritten.addAndGet(bytes);
      return true;
    }
    allowance.addAndGet(bytes);
    return false;
  }

  /** Whether so much can be added without anything being evicted. */
  boolean hasRoom(long bytes) throws IOException {
    return measure() + bytes <= maxBytes - 2 * step;
  }

  /** Bytes that all blobs have on disk. */
  long measure() throws IOException {
    long[] total = new long[1];
    lock.run(
        () -> {
          try (Blobs blobs = new Blobs()) {
            total[0] = blobs.bytes();
          }
        });
    return total[0];
  }

  private record Extent(KeptBlocks blob, int number, long coldness, boolean usedAgain) {
    long bytes() {
      return (long) count(blob, number) * BlockCache.BLOCK;
    }
  }

  /**
   * Evicts down to the bound and sets the allowance anew, so that {@code bytes} fit if they can.
   * Under the folder's lock.
   */
  private void enforce(long bytes) throws IOException {
    try (Blobs blobs = new Blobs()) {
      long total = blobs.bytes() + unwritten.get();
      long next = Math.max(step, bytes);
      // The other processes may add a step each before they look again.
      if (total + next > maxBytes - step) {
        total -= evict(blobs, total + next - Math.max(maxBytes - 3 * step, 0));
        blobs.deleteEmpty();
      }
      long room = roomOnDisk();
      if (room < bytes) {
        pause(new IOException("the disk of " + folder + " is nearly full: nothing more is kept"));
      }
      allowance.set(Math.min(next, Math.min(maxBytes - total, room)));
    }
  }

  /** Bytes that this process may add before it looks again: others may do the same meanwhile. */
  private long roomOnDisk() {
    File disk = folder.toFile();
    long whole = disk.getTotalSpace();
    if (whole <= 0) {
      return Long.MAX_VALUE; // a filesystem that does not tell
    }
    long reserve = Math.min(whole / 16, MAX_RESERVE);
    return Math.max(0, disk.getUsableSpace() - unwritten.get() - reserve) / 2;
  }

  private long evict(Blobs blobs, long wanted) throws IOException {
    long freed = 0;
    Map<KeptBlocks, List<PresenceMap.Run>> victims = new HashMap<>();
    for (Extent extent : leastWorthFirst(blobs)) {
      if (freed >= wanted) {
        break;
      }
      freed += extent.bytes();
      victims
          .computeIfAbsent(extent.blob(), b -> new ArrayList<>())
          .add(new PresenceMap.Run(first(extent.number()), last(extent.blob(), extent.number())));
    }
    for (Map.Entry<KeptBlocks, List<PresenceMap.Run>> victim : victims.entrySet()) {
      victim.getKey().remove(victim.getValue());
    }
    return freed;
  }

  /** What was used several times stands at the end, the hottest half of the bound. */
  private List<Extent> leastWorthFirst(Blobs blobs) {
    List<Extent> extents = new ArrayList<>();
    long now = now();
    for (KeptBlocks blob : blobs.all.values()) {
      Heat heat = blob.heat();
      for (int e = 0; e < heat.extents(); e++) {
        if (count(blob, e) > 0) {
          extents.add(new Extent(blob, e, heat.coldness(e, now), heat.usedAgain(e)));
        }
      }
    }
    extents.sort(Comparator.comparingLong(Extent::coldness));
    Deque<Extent> all = new ArrayDeque<>();
    Deque<Extent> spared = new ArrayDeque<>();
    long room = maxBytes / 2;
    for (Extent extent : extents) {
      room -= extent.usedAgain() ? extent.bytes() : 0;
      (extent.usedAgain() && room >= 0 ? spared : all).addFirst(extent);
    }
    all.addAll(spared);
    return List.copyOf(all);
  }

  private static int first(int extent) {
    return extent * BlockCache.EXTENT;
  }

  private static int last(KeptBlocks blob, int extent) {
    return Math.min(first(extent + 1), blob.blocks()) - 1;
  }

  private static int count(KeptBlocks blob, int extent) {
    return blob.count(first(extent), last(blob, extent));
  }

  /**
   * Deletes every blob that no process has open.
   *
   * @return bytes freed
   */
  long clear() throws IOException {
    long[] freed = new long[1];
    lock.run(
        () -> {
          try (Blobs blobs = new Blobs()) {
            freed[0] = blobs.deleteUnused();
          }
        });
    allowance.addAndGet(freed[0]);
    return freed[0];
  }

  /** All blobs of the folder: those that this process has open, and the others for a moment. */
  private final class Blobs implements AutoCloseable {

    final Map<String, KeptBlocks> all = new HashMap<>();
    private final Map<String, KeptBlocks> foreign = new HashMap<>();

    Blobs() throws IOException {
      for (CachedFile file : open.get()) {
        // Never opened twice: closing one of two would release the locks of both.
        all.put(file.key(), file.kept());
        file.kept().share();
      }
      try (DirectoryStream<Path> maps = Files.newDirectoryStream(folder, "*.map")) {
        for (Path map : maps) {
          String key = map.getFileName().toString().replace(".map", "");
          if (!all.containsKey(key)) {
            add(key);
          }
        }
      } catch (IOException | RuntimeException e) {
        try (this) {
          throw e;
        }
      }
    }

    private void add(String key) throws IOException {
      Optional<KeptBlocks> blob;
      try {
        blob = KeptBlocks.existing(folder, key);
      } catch (NoSuchFileException e) {
        return;
      }
      if (blob.isPresent()) {
        all.put(key, blob.get());
        foreign.put(key, blob.get());
      } else {
        // Of another boot or another version: nobody who has it open would have left it so.
        Files.deleteIfExists(KeptBlocks.data(folder, key));
        Files.deleteIfExists(KeptBlocks.map(folder, key));
      }
    }

    long bytes() {
      return all.values().stream().mapToLong(KeptBlocks::bytes).sum();
    }

    void deleteEmpty() throws IOException {
      for (Map.Entry<String, KeptBlocks> blob : foreign.entrySet()) {
        if (blob.getValue().isEmpty()) {
          blob.getValue().deleteAlone(folder, blob.getKey());
        }
      }
    }

    long deleteUnused() throws IOException {
      long freed = 0;
      for (Map.Entry<String, KeptBlocks> blob : foreign.entrySet()) {
        long bytes = blob.getValue().bytes();
        if (blob.getValue().deleteAlone(folder, blob.getKey())) {
          freed += bytes;
        }
      }
      return freed;
    }

    @Override
    public void close() throws IOException {
      IOException failure = null;
      for (KeptBlocks blob : foreign.values()) {
        try {
          blob.close();
        } catch (IOException e) {
          failure = failure == null ? e : failure;
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }
}

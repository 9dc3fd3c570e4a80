package dev.obdbuild.backstore.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** How much the cache holds, and what goes when it is too much. */
final class CacheSpace {

  private final Path folder;
  private final long maxBytes;

  /** What may still be kept before the folder is measured again. */
  private final AtomicLong allowance = new AtomicLong();

  CacheSpace(Path folder, long maxBytes) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  private record Entry(Path map, Path data, long bytes, long used) {}

  /** Whether blocks of this many bytes may be kept; takes them off the allowance if so. */
  boolean admit(long bytes) {
    return allowance.addAndGet(-bytes) >= 0;
  }

  long measure() throws IOException {
    return entries().stream().mapToLong(Entry::bytes).sum();
  }

  /** Evicts down to the bound and sets the allowance anew. The caller holds the folder's lock. */
  void enforce(Set<String> open) throws IOException {
    List<Entry> entries = entries();
    long total = entries.stream().mapToLong(Entry::bytes).sum();
    // Some room is kept free, so that eviction is not needed for every blob.
    long target = total > maxBytes ? maxBytes - maxBytes / 8 : maxBytes;
    for (Entry entry : entries) {
      if (total <= target) {
        break;
      }
      if (evict(entry, open)) {
        total -= entry.bytes();
      }
    }
    allowance.set(maxBytes - total);
  }

  /** Evicts everything that nobody has open. The caller holds the folder's lock. */
  long evictAll(Set<String> open) throws IOException {
    long freed = 0;
    for (Entry entry : entries()) {
      if (evict(entry, open)) {
        freed += entry.bytes();
      }
    }
    allowance.addAndGet(freed);
    return freed;
  }

  /** Least recently opened first. */
  private List<Entry> entries() throws IOException {
    List<Entry> out = new ArrayList<>();
    try (DirectoryStream<Path> maps = Files.newDirectoryStream(folder, "*.map")) {
      for (Path map : maps) {
        String key = map.getFileName().toString().replace(".map", "");
        try {
          long used = Files.getLastModifiedTime(map).toMillis();
          out.add(new Entry(map, folder.resolve(key + ".data"), bytes(map), used));
        } catch (NoSuchFileException e) {
          // Evicted by another process since the folder was listed.
          continue;
        }
      }
    }
    out.sort(Comparator.comparingLong(Entry::used));
    return out;
  }

  private static long bytes(Path map) throws IOException {
    byte[] content = Files.readAllBytes(map);
    long bits = 0;
    for (int i = PresenceMap.HEADER; i < content.length; i++) {
      bits += Integer.bitCount(content[i] & 0xff);
    }
    return bits * BlockCache.BLOCK + content.length;
  }

  private static boolean evict(Entry entry, Set<String> open) throws IOException {
    String key = entry.map().getFileName().toString().replace(".map", "");
    if (open.contains(key)) {
      return false;
    }
    try (FileChannel map = FileChannel.open(entry.map(), StandardOpenOption.WRITE);
        FileLock lock = map.tryLock(0, 1, false)) {
      if (lock == null) {
        return false;
      }
      Files.deleteIfExists(entry.data());
      Files.deleteIfExists(entry.map());
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}

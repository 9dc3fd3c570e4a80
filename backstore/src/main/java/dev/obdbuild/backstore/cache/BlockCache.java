package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A folder of partly fetched blobs, bounded in size, shared by the processes of this host. One
 * process opens a folder once. Thread-safe.
 */
public final class BlockCache implements AutoCloseable {

  /** Unit of presence and of remote reads, bytes. */
  static final int BLOCK = 64 << 10;

  private static final int FETCHERS = 8;

  private final Path folder;
  private final FileChannel lock;
  private final CacheSpace space;
  private final ExecutorService fetchers;
  private final Map<String, CachedFile> open = new HashMap<>();

  private BlockCache(Path folder, FileChannel lock, CacheSpace space) {
    this.folder = folder;
    this.lock = lock;
    this.space = space;
    this.fetchers =
        Executors.newFixedThreadPool(
            FETCHERS, Thread.ofPlatform().daemon().name("block-fetch-", 0).factory());
  }

  /**
   * Opens a cache folder, making it when it is missing.
   *
   * @param maxBytes above this, blobs that no process has open are evicted, least recently opened
   *     first; while that does not help, blocks are handed through without being kept
   */
  public static BlockCache open(Path folder, long maxBytes) throws IOException {
    Files.createDirectories(folder);
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return new BlockCache(folder, lock, new CacheSpace(folder, maxBytes));
  }

  /**
   * A file whose reads go through the cache. The result owns {@code source}; equal keys share one
   * entry, of which the first source serves.
   *
   * @param key names the blob: the hexadecimal part of its digest
   */
  public BlockFile wrap(String key, BlockFile source) throws IOException {
    if (!key.matches("[0-9a-f]{32,128}")) {
      throw new IllegalArgumentException("cache key: " + key);
    }
    synchronized (open) {
      CachedFile there = open.get(key);
      if (there != null) {
        there.share();
        source.close();
        return new SharedFile(there, this);
      }
      CachedFile made;
      try (FileLock ignored = lock.lock()) {
        made = CachedFile.open(folder, key, source, space, fetchers);
      }
      open.put(key, made);
      makeRoom();
      return new SharedFile(made, this);
    }
  }

  void release(CachedFile file) throws IOException {
    synchronized (open) {
      if (file.unshare()) {
        open.remove(file.key());
        file.close();
      }
    }
  }

  /** Evicts when the folder has grown over its bound. */
  private void makeRoom() throws IOException {
    try (FileLock ignored = lock.lock()) {
      space.enforce(open.keySet());
    }
  }

  /** Bytes of blobs on disk, of all processes. */
  public long size() throws IOException {
    return space.measure();
  }

  /**
   * Drops every blob that no process has open.
   *
   * @return bytes freed
   */
  public long clear() throws IOException {
    synchronized (open) {
      try (FileLock ignored = lock.lock()) {
        return space.evictAll(open.keySet());
      }
    }
  }

  /** Ends the fetchers. Files still open fail from now on. */
  @Override
  public void close() throws IOException {
    fetchers.shutdown();
    synchronized (open) {
      for (CachedFile file : open.values()) {
        file.close();
      }
      open.clear();
    }
    lock.close();
  }
}

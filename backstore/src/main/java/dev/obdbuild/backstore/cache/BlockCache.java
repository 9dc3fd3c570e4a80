package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A folder of partly fetched blobs, bounded in size, shared by the processes of this host. One
 * process opens a folder once. Thread-safe.
 */
public final class BlockCache implements AutoCloseable {

  /** Unit of presence and of remote reads, bytes. */
  static final int BLOCK = 16 << 10;

  /** Unit of eviction, in blocks (256 KiB). */
  static final int EXTENT = 16;

  private final Path folder;
  private final FolderLock lock;
  private final CacheSpace space;
  private final FetchQueue queue = new FetchQueue();
  private final CacheMeter meter = new CacheMeter();
  private final Map<String, LinkMeter> meters = new ConcurrentHashMap<>();
  private final Map<String, CachedFile> open = new ConcurrentHashMap<>();
  private final LongAdder unreadOfClosed = new LongAdder();
  private final Optional<Downloads> downloads;

  private BlockCache(Path folder, CacheOptions options, InstantSource clock, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
    this.space = new CacheSpace(folder, options.maxBytes(), clock, this::files, lock);
    this.downloads = options.download().map(said -> new Downloads(said, queue, space));
  }

  /**
   * Opens a cache folder, making it when it is missing.
   *
   * @param maxBytes above this, what was least and longest ago used is evicted
   */
  public static BlockCache open(Path folder, long maxBytes) throws IOException {
    return open(folder, CacheOptions.of(maxBytes));
  }

  /** Opens a cache folder, making it when it is missing. */
  public static BlockCache open(Path folder, CacheOptions options) throws IOException {
    return open(folder, options, InstantSource.system());
  }

  static BlockCache open(Path folder, CacheOptions options, InstantSource clock)
      throws IOException {
    Files.createDirectories(folder);
    return new BlockCache(folder, options, clock, FolderLock.open(folder));
  }

  private Collection<CachedFile> files() {
    return List.copyOf(open.values());
  }

  /**
   * A file whose reads go through the cache. The result owns {@code source}; equal keys share one
   * entry, of which the first source serves.
   *
   * @param key names the blob: the hexadecimal part of its digest
   */
  public CachedBlob wrap(String key, BlockFile source) throws IOException {
    return wrap(key, "", source);
  }

  /**
   * The same, for a source that shares its link with all others of that origin.
   *
   * @param origin where the bytes come from, such as the name of a registry
   */
  public CachedBlob wrap(String key, String origin, BlockFile source) throws IOException {
    if (!key.matches("[0-9a-f]{32,128}")) {
      throw new IllegalArgumentException("cache key: " + key);
    }
    LinkMeter link = meters.computeIfAbsent(origin, o -> new LinkMeter());
    CachedBlob[] wrapped = new CachedBlob[1];
    lock.run(
        () -> {
          CachedFile file = open.get(key);
          if (file != null) {
            file.share();
            source.close();
          } else {
            file = CachedFile.open(folder, key, source, link, meter, space, queue);
            open.put(key, file);
          }
          wrapped[0] = new CachedBlob(file, this);
        });
    downloads.ifPresent(d -> d.offer(wrapped[0].file()));
    return wrapped[0];
  }

  void release(CachedFile file) throws IOException {
    lock.run(
        () -> {
          if (file.unshare()) {
            open.remove(file.key());
            unreadOfClosed.add(file.unreadBytes());
            file.close();
          }
        });
  }

  /** What this process has read through the cache. */
  public CacheMeter meter() {
    return meter;
  }

  /** An open blob's use. */
  public Optional<BlobUse> use(String key) {
    CachedFile file = open.get(key);
    return file == null
        ? Optional.empty()
        : Optional.of(new BlobUse(file.size(), file.missedBytes()));
  }

  /** Bytes of blobs on disk, of all processes. */
  public long size() throws IOException {
    return space.measure();
  }

  /** Bytes that this process has fetched, in whole blocks, and that nobody has read so far. */
  public long unreadBytes() {
    return unreadOfClosed.sum() + files().stream().mapToLong(CachedFile::unreadBytes).sum();
  }

  /** Why nothing is kept at present, for instance because the disk is full. Reads go on. */
  public Optional<IOException> trouble() {
    return space.trouble();
  }

  /** Blobs that wait to be completed or are being completed. */
  public int downloads() {
    return downloads.map(Downloads::count).orElse(0);
  }

  /**
   * Drops every blob that no process has open.
   *
   * @return bytes freed
   */
  public long clear() throws IOException {
    return space.clear();
  }

  /** Ends the fetchers. Files still open fail from now on. */
  @Override
  public void close() throws IOException {
    downloads.ifPresent(Downloads::close);
    queue.close();
    try (lock) {
      lock.run(
          () -> {
            for (CachedFile file : files()) {
              file.close();
            }
            open.clear();
          });
    }
  }
}

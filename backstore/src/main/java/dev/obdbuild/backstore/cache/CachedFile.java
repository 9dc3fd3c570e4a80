package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * One blob, read through its blocks on disk. Missing neighbours become one request, several
 * requests run at a time, and a block is fetched once however many readers wait for it.
 */
final class CachedFile implements BlockFile {

  /** Longest request, in blocks (4 MiB). */
  private static final int MAX_RUN = 64;

  /** Longest read-ahead, in blocks (2 MiB). */
  private static final int MAX_AHEAD = 32;

  private final String key;
  private final BlockFile source;
  private final FileChannel data;
  private final PresenceMap present;
  private final CacheSpace space;
  private final Flights flights;
  private final ReadAhead ahead = new ReadAhead(MAX_AHEAD);
  private int users = 1;

  private CachedFile(
      String key,
      BlockFile source,
      FileChannel data,
      PresenceMap present,
      CacheSpace space,
      ExecutorService fetchers) {
    this.key = key;
    this.source = source;
    this.data = data;
    this.present = present;
    this.space = space;
    this.flights = new Flights(fetchers, this::fetch);
  }

  static CachedFile open(
      Path folder, String key, BlockFile source, CacheSpace space, ExecutorService fetchers)
      throws IOException {
    FileChannel data =
        FileChannel.open(
            folder.resolve(key + ".data"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      Path map = folder.resolve(key + ".map");
      PresenceMap present =
          PresenceMap.open(map, BlockCache.BLOCK, source.size(), () -> data.truncate(0));
      Files.setLastModifiedTime(map, FileTime.from(Instant.now()));
      return new CachedFile(key, source, data, present, space, fetchers);
    } catch (IOException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  String key() {
    return key;
  }

  void share() {
    users++;
  }

  /** Whether that was the last user. */
  boolean unshare() {
    return --users == 0;
  }

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    long length = dst.byteSize();
    if (length == 0) {
      return;
    }
    if (offset < 0 || offset > size() - length) {
      throw new EOFException(source + ": " + length + " bytes at " + offset + " of " + size());
    }
    int first = (int) (offset / BlockCache.BLOCK);
    int last = (int) ((offset + length - 1) / BlockCache.BLOCK);
    Optional<ReadAhead.Range> beyond = ahead.beyond(first, last);
    if (present.firstMissing(first, last) >= 0) {
      present.refresh(first, last);
      if (!obtain(first, last)) {
        source.read(offset, dst);
        return;
      }
    }
    beyond.ifPresent(r -> prefetch(r.first(), Math.min(r.last(), present.blocks() - 1)));
    readData(offset, dst);
  }

  /** Gets what is missing of a range; false when the cache is full and it cannot be kept. */
  private boolean obtain(int first, int last) throws IOException {
    int missing = 0;
    for (int b = present.firstMissing(first, last);
        b >= 0;
        b = b == last ? -1 : present.firstMissing(b + 1, last)) {
      missing++;
    }
    if (missing == 0) {
      return true;
    }
    if (!space.admit((long) missing * BlockCache.BLOCK)) {
      return false;
    }
    flights.await(first, last, MAX_RUN, present::has);
    return true;
  }

  private void prefetch(int first, int last) {
    int missing = first <= last ? present.firstMissing(first, last) : -1;
    if (missing < 0) {
      return;
    }
    if (space.admit((long) (last - missing + 1) * BlockCache.BLOCK)) {
      flights.launch(missing, last, MAX_RUN, present::has);
    }
  }

  /** Fetches blocks, writes them and only then calls them present. */
  private void fetch(int first, int last) throws IOException {
    long from = (long) first * BlockCache.BLOCK;
    long to = Math.min((last + 1L) * BlockCache.BLOCK, size());
    // On the heap: a remote source may fill it from several threads.
    byte[] bytes = new byte[Math.toIntExact(to - from)];
    source.read(from, MemorySegment.ofArray(bytes));
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      data.write(buffer, from + buffer.position());
    }
    present.add(first, last);
  }

  private void readData(long offset, MemorySegment dst) throws IOException {
    ByteBuffer buffer = dst.asByteBuffer();
    while (buffer.hasRemaining()) {
      if (data.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException(
            "cache of " + source + " ends before byte " + (offset + dst.byteSize()));
      }
    }
  }

  /** Forgets the blocks of a range, whose bytes turned out to be wrong. */
  @Override
  public void evict(long offset, long length) throws IOException {
    int first = (int) (offset / BlockCache.BLOCK);
    int last = (int) Math.min((offset + length - 1) / BlockCache.BLOCK, present.blocks() - 1L);
    if (first <= last) {
      present.remove(first, last);
    }
    source.evict(offset, length);
  }

  @Override
  public void close() throws IOException {
    try (source;
        data) {
      present.close();
    }
  }

  @Override
  public String toString() {
    return source.toString();
  }
}

package dev.obdbuild.backstore.cache;

import dev.obdbuild.overlaybd.block.BlockFile;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * One blob, read through its blocks on disk. Missing neighbours become one request, several
 * requests run at a time, and a block is fetched once however many readers and processes wait for
 * it.
 */
final class CachedFile implements Closeable {

  /**
   * What a read fetches at least, aligned, in blocks (32 KiB, two round trips of a new connection).
   */
  static final int UNIT = 2;

  /** Longest request, in blocks (1 MiB): several connections share what is larger. */
  private static final int MAX_RUN = 64;

  /** Evicted so often between look and read, a range is read past the cache. */
  private static final int ATTEMPTS = 4;

  /** How long to wait for another process that fetches the same. */
  private static final Duration CLAIM = Duration.ofSeconds(2);

  private final String key;
  private final BlockFile source;
  private final KeptBlocks kept;
  private final LinkMeter meter;
  private final CacheMeter counts;
  private final CacheSpace space;
  private final Flights flights;
  private final ReadAhead ahead;
  private final LongAdder missed = new LongAdder();
  private final UnreadBlocks unread = new UnreadBlocks();
  private int users = 1;

  private CachedFile(
      String key,
      BlockFile source,
      KeptBlocks kept,
      LinkMeter meter,
      CacheMeter counts,
      CacheSpace space,
      FetchQueue queue) {
    this.key = key;
    this.source = source;
    this.kept = kept;
    this.meter = meter;
    this.counts = counts;
    this.space = space;
    this.flights = new Flights(queue, this::fetch);
    this.ahead = new ReadAhead(() -> meter.window() / BlockCache.BLOCK);
  }

  /** The caller holds the folder's lock. */
  static CachedFile open(
      Path folder,
      String key,
      BlockFile source,
      LinkMeter meter,
      CacheMeter counts,
      CacheSpace space,
      FetchQueue queue)
      throws IOException {
    KeptBlocks kept = KeptBlocks.open(folder, key, source.size());
    return new CachedFile(key, source, kept, meter, counts, space, queue);
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

  long size() {
    return source.size();
  }

  KeptBlocks kept() {
    return kept;
  }

  /** Bytes that came from the source. */
  long missedBytes() {
    return missed.sum();
  }

  /** Bytes of whole blocks that were fetched and not read so far. */
  long unreadBytes() {
    return (long) unread.count() * BlockCache.BLOCK;
  }

  private static int block(long offset) {
    return (int) (offset / BlockCache.BLOCK);
  }

  /**
   * Fills {@code dst}.
   *
   * @param unit what is fetched at least, in blocks
   */
  void read(long offset, MemorySegment dst, int unit) throws IOException {
    long length = dst.byteSize();
    if (length == 0) {
      return;
    }
    if (offset < 0 || offset > size() - length) {
      throw new EOFException(source + ": " + length + " bytes at " + offset + " of " + size());
    }
    int first = block(offset);
    int last = block(offset + length - 1);
    long begun = System.nanoTime();
    try {
      long waitedFor = readCached(offset, dst, first, last, unit);
      if (waitedFor >= 0) {
        ended(length, waitedFor, begun);
        return;
      }
    } catch (CacheFileException e) {
      space.pause(e);
    }
    // Other threads may fill it for the source: not every segment allows that.
    byte[] bytes = new byte[Math.toIntExact(length)];
    readSource(offset, bytes);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, dst, 0, length);
    ended(length, length, begun);
  }

  private void readSource(long offset, byte[] bytes) throws IOException {
    long begun = System.nanoTime();
    source.read(offset, MemorySegment.ofArray(bytes));
    counts.fetched(bytes.length, System.nanoTime() - begun);
    missed.add(bytes.length);
  }

  private void ended(long length, long waitedFor, long begun) {
    counts.read(length, waitedFor, System.nanoTime() - begun);
    if (waitedFor > 0) {
      ReadTrail.fetched(source instanceof RemoteFile remote ? remote.answeredBy() : "source");
    }
  }

  /**
   * Bytes that had to be fetched, by whomever; less than none when blocks were evicted as fast as
   * they came.
   */
  private long readCached(long offset, MemorySegment dst, int first, int last, int unit)
      throws IOException {
    Optional<ReadAhead.Range> beyond = ahead.beyond(first, last);
    kept.touch(first, last, space.now());
    boolean again = false;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long seen = kept.known();
      List<Flight> needed = cover(first, last, unit);
      boolean early = needed.stream().anyMatch(Flight::hasBegun);
      flights.demand(needed.size() > 1 ? needed.subList(1, needed.size()) : List.of());
      if (attempt == 0) {
        // After what is waited for, before waiting.
        beyond.ifPresent(range -> prefetch(range.first(), range.last(), range.piece()));
      }
      try {
        flights.land(needed);
      } catch (IOException e) {
        if (!early || again) {
          throw e;
        }
        // One that had begun before this read did may tell of a fault that is over by now.
        again = true;
        continue;
      }
      if (copy(offset, dst, needed, seen)) {
        unread.read(first, last);
        return flown(needed, offset, offset + dst.byteSize());
      }
    }
    return -1;
  }

  private static long flown(List<Flight> flights, long from, long to) {
    long bytes = 0;
    for (Flight flight : flights) {
      bytes += Math.min(start(flight.last() + 1), to) - Math.max(start(flight.first()), from);
    }
    return bytes;
  }

  private List<Flight> cover(int first, int last, int unit) throws IOException {
    if (kept.firstMissing(first, last) < 0) {
      return List.of();
    }
    kept.refresh(first, last);
    return flights.cover(new Flights.Wanted(first, last, unit, MAX_RUN), kept.blocks(), kept::has);
  }

  /** Begins to fetch what is missing of a range, at once, for a reader who comes soon. */
  void expect(long offset, long length) throws IOException {
    if (length <= 0) {
      return;
    }
    try {
      flights.demand(cover(block(offset), block(Math.min(offset + length, size()) - 1), 1));
    } catch (CacheFileException e) {
      // The reader will go past the cache.
      space.pause(e);
    }
  }

  /** Begins to fetch what is missing of a range, when nothing more urgent is left to do. */
  void prefetch(int first, int last) {
    prefetch(first, last, meter.window() / BlockCache.BLOCK / 4);
  }

  /** As above, in requests of about {@code piece} blocks, but never very short or long ones. */
  private void prefetch(int first, int last, int piece) {
    int end = Math.min(last, kept.blocks() - 1);
    if (first > end || !space.keeps()) {
      return;
    }
    int missing = kept.firstMissing(first, end);
    if (missing >= 0) {
      int most = Math.clamp(piece, UNIT, MAX_RUN);
      int length = end - missing + 1;
      // Equal pieces: a small rest would cost as much as a whole one.
      int pieces = Math.ceilDiv(length, most + most / 4);
      int each = Math.ceilDiv(length, pieces);
      flights.launch(
          flights.cover(new Flights.Wanted(missing, end, 1, each), kept.blocks(), kept::has));
    }
  }

  /** Fetches blocks in the calling thread, unless they are there or on their way. */
  void complete(int first, int last) throws IOException {
    List<Flight> own = cover(first, last, 1);
    for (Flight flight : own) {
      flight.fly();
      counts.downloaded(flight.bytes().length);
    }
  }

  private byte[] fetch(int first, int last) throws IOException {
    Optional<FileLock> claim = claim(first, last);
    try {
      byte[] bytes = new byte[length(first, last)];
      // Another process may have been faster.
      if (isThere(first, last, bytes)) {
        return bytes;
      }
      LinkMeter.Start start = meter.start(System.nanoTime());
      // On the heap: a remote source may fill it from several threads.
      readSource(start(first), bytes);
      meter.end(start, System.nanoTime(), bytes.length);
      unread.fetched(first, last);
      keep(first, last, bytes);
      return bytes;
    } finally {
      if (claim.isPresent()) {
        kept.release(claim.get());
      }
    }
  }

  private Optional<FileLock> claim(int first, int last) throws IOException {
    try {
      return kept.claim(first, last, CLAIM);
    } catch (CacheFileException e) {
      space.pause(e);
      return Optional.empty();
    }
  }

  private boolean isThere(int first, int last, byte[] bytes) throws IOException {
    try {
      long seen = kept.known();
      kept.refresh(first, last);
      return kept.firstMissing(first, last) < 0
          && kept.read(start(first), MemorySegment.ofArray(bytes), seen);
    } catch (CacheFileException e) {
      space.pause(e);
      return false;
    }
  }

  private void keep(int first, int last, byte[] bytes) {
    try {
      if (!space.admit(bytes.length)) {
        return;
      }
      try {
        kept.write(first, last, bytes);
        kept.fetched(first, last, space.now());
      } finally {
        space.written(bytes.length);
      }
    } catch (IOException e) {
      // The readers have their bytes all the same; the disk may have room again later.
      space.pause(e);
    }
  }

  private static long start(int block) {
    return (long) block * BlockCache.BLOCK;
  }

  private int length(int first, int last) {
    return (int) (Math.min(start(last + 1), size()) - start(first));
  }

  /** Takes bytes from flights, and those between from the disk; false if they are gone there. */
  private boolean copy(long offset, MemorySegment dst, List<Flight> flown, long seen)
      throws IOException {
    long end = offset + dst.byteSize();
    long at = offset;
    for (Flight flight : flown) {
      long from = Math.max(start(flight.first()), at);
      long to = Math.min(start(flight.last() + 1), end);
      if (from > at && !kept.read(at, dst.asSlice(at - offset, from - at), seen)) {
        return false;
      }
      byte[] bytes = flight.bytes();
      MemorySegment.copy(
          MemorySegment.ofArray(bytes),
          from - start(flight.first()),
          dst,
          from - offset,
          to - from);
      at = to;
    }
    return at >= end || kept.read(at, dst.asSlice(at - offset, end - at), seen);
  }

  /** Forgets the blocks of a range, whose bytes turned out to be wrong. */
  void evict(long offset, long length) throws IOException {
    counts.refetched();
    if (length > 0 && offset < size()) {
      kept.remove(block(offset), block(Math.min(offset + length, size()) - 1));
    }
    source.evict(offset, length);
  }

  @Override
  public void close() throws IOException {
    try (source) {
      kept.close();
    }
  }

  @Override
  public String toString() {
    return source.toString();
  }
}

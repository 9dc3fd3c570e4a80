package dev.obdbuild.backstore.cache;

import dev.obdbuild.linux.file.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Which blocks of one blob are on disk, shared with other processes through the map file. Holds the
 * shared "in use" lock until closed. Thread-safe.
 *
 * <p>Blocks may be evicted by any process at any time. Whoever reads data of blocks that {@link
 * #has} calls present takes {@link #known} before and asks {@link #isCurrent} afterwards: if that
 * says no, the bytes may be a hole's.
 */
final class PresenceMap implements AutoCloseable {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Bytes of the map file that are locked. */
  private static final long IN_USE = 0;

  private static final long CHANGE = 1;
  private static final long CLAIMS = 1L << 40;

  private final Path path;
  private final MapHeader header;
  private final OpenFile file;
  private final FileChannel locks;
  private final FileLock inUse;
  private final boolean alone;
  private final BitSet present = new BitSet();
  private final MemorySegment word = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

  /** The generation that {@link #present} is of. */
  private long known;

  private PresenceMap(Path path, MapHeader header, OpenFile file, FileChannel locks, boolean alone)
      throws IOException {
    this.path = path;
    this.header = header;
    this.file = file;
    this.locks = locks;
    this.alone = alone;
    // Who has just looked whether it was the last one lets go in a moment.
    this.inUse = ProcessLock.take(locks, IN_USE, true, PATIENCE, path);
  }

  /** What is done to the data when the map says so. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /**
   * Opens a map, or starts an empty one where there is none or the one found does not fit. The
   * caller holds the folder's lock.
   *
   * @param reset called before an unfit map is replaced; drops the data
   */
  static PresenceMap open(Path path, long blobSize, Action reset) throws IOException {
    MapHeader wanted = MapHeader.of(blobSize);
    PresenceMap map = locked(path, wanted);
    try {
      if (!wanted.fits(map.file)) {
        reset.run();
        map.file.truncate(0);
        // All of it is written: later changes need no room on the disk any more.
        map.file.write(MemorySegment.ofArray(new byte[wanted.fileBytes()]), 0);
        map.file.write(MemorySegment.ofArray(wanted.bytes()), 0);
      }
      map.reload();
      return map;
    } catch (IOException | RuntimeException e) {
      try (map) {
        throw e;
      }
    }
  }

  /**
   * Opens the map of a blob that this process has not open, if there is one and it counts. The
   * caller holds the folder's lock.
   */
  static Optional<PresenceMap> existing(Path path) throws IOException {
    Optional<MapHeader> header = MapHeader.read(path);
    if (header.isEmpty()) {
      return Optional.empty();
    }
    PresenceMap map = locked(path, header.get());
    try {
      map.reload();
      return Optional.of(map);
    } catch (IOException | RuntimeException e) {
      try (map) {
        throw e;
      }
    }
  }

  private static PresenceMap locked(Path path, MapHeader header) throws IOException {
    FileChannel locks =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    OpenFile file = null;
    try {
      FileLock exclusive = locks.tryLock(IN_USE, 1, false);
      if (exclusive != null) {
        // The caller keeps others from opening it, so it stays so until it is in use again.
        exclusive.release();
      }
      file = OpenFile.readWrite(path);
      return new PresenceMap(path, header, file, locks, exclusive != null);
    } catch (IOException | RuntimeException e) {
      try (locks) {
        if (file != null) {
          file.close();
        }
        throw e;
      }
    }
  }

  int blocks() {
    return header.blocks();
  }

  /** Bytes of the whole blob. */
  long size() {
    return header.blobSize();
  }

  synchronized int count() {
    return present.cardinality();
  }

  /** Blocks present from {@code first} to {@code last}. */
  synchronized int count(int first, int last) {
    return present.get(first, last + 1).cardinality();
  }

  /** Bytes of map and data together. */
  long bytes() {
    return (long) count() * BlockCache.BLOCK + header.fileBytes();
  }

  synchronized boolean has(int block) {
    return present.get(block);
  }

  /** First block from {@code from} to {@code last} that is not known to be present, or -1. */
  synchronized int firstMissing(int from, int last) {
    int missing = present.nextClearBit(from);
    return missing > last ? -1 : missing;
  }

  /** Takes over what other processes have fetched meanwhile. */
  synchronized void refresh(int first, int last) throws IOException {
    present.or(read(first, last));
  }

  private BitSet read(int first, int last) throws IOException {
    byte[] bytes = new byte[last / 8 - first / 8 + 1];
    file.readFully(MemorySegment.ofArray(bytes), MapHeader.BYTES + (long) (first / 8));
    BitSet near = BitSet.valueOf(bytes);
    BitSet out = new BitSet();
    int base = first / 8 * 8;
    for (int b = near.nextSetBit(first - base);
        b >= 0 && b + base <= last;
        b = near.nextSetBit(b + 1)) {
      out.set(b + base);
    }
    return out;
  }

  /** Forgets what is known and reads all of the map. */
  synchronized void reload() throws IOException {
    try (FileLock ignored = change()) {
      known = word(MapHeader.GENERATION_AT);
      present.clear();
      if (blocks() > 0) {
        present.or(read(0, blocks() - 1));
      }
    }
  }

  /** The generation that {@link #has} speaks of. */
  synchronized long known() {
    return known;
  }

  /**
   * Whether nothing has been evicted, by anybody, since {@link #known} was {@code seen}. If
   * something has been, what is known is made new.
   */
  synchronized boolean isCurrent(long seen) throws IOException {
    long now = word(MapHeader.GENERATION_AT);
    if (now != known) {
      reload();
    }
    return now == seen;
  }

  /**
   * To be taken before data is written that {@link #add} is to call present. Never one of an
   * eviction that is under way: that may yet free the data written after it.
   */
  synchronized long generation() throws IOException {
    try (FileLock ignored = change()) {
      return word(MapHeader.GENERATION_AT);
    }
  }

  private long word(long at) throws IOException {
    file.readFully(word, at);
    return word.get(LONG, 0);
  }

  private void word(long at, long value) throws IOException {
    word.set(LONG, 0, value);
    file.write(word, at);
  }

  private FileLock change() throws IOException {
    return ProcessLock.take(locks, CHANGE, false, PATIENCE, path);
  }

  /**
   * Marks blocks whose data has been written.
   *
   * @param generation before the data was written
   * @return false if something was evicted since: the data may be gone, and has to be written again
   */
  synchronized boolean add(int first, int last, long generation) throws IOException {
    try (FileLock ignored = change()) {
      if (word(MapHeader.GENERATION_AT) != generation) {
        return false;
      }
      write(first, last, true);
    }
    present.set(first, last + 1);
    return true;
  }

  /** Blocks from {@code first} to {@code last}, both included. */
  record Run(int first, int last) {}

  /**
   * Forgets blocks, here and for every other process.
   *
   * @param after called when nobody may rely on the data any more, still under the lock
   */
  synchronized void remove(List<Run> runs, Action after) throws IOException {
    try (FileLock ignored = change()) {
      long generation = word(MapHeader.GENERATION_AT) + 1;
      word(MapHeader.GENERATION_AT, generation);
      if (known == generation - 1) {
        known = generation;
      }
      word(MapHeader.FLAGS_AT, word(MapHeader.FLAGS_AT) & ~MapHeader.VERIFIED);
      for (Run run : runs) {
        write(run.first(), run.last(), false);
        present.clear(run.first(), run.last() + 1);
      }
      after.run();
    }
  }

  /**
   * Does something while nobody can evict, if all of a range is present.
   *
   * @return whether it was done
   */
  synchronized boolean whilePresent(int first, int last, Action action) throws IOException {
    reload();
    if (firstMissing(first, last) >= 0) {
      return false;
    }
    try (FileLock ignored = change()) {
      if (word(MapHeader.GENERATION_AT) != known) {
        return false;
      }
      action.run();
      return true;
    }
  }

  private void write(int first, int last, boolean value) throws IOException {
    long at = MapHeader.BYTES + (long) (first / 8);
    byte[] bytes = new byte[last / 8 - first / 8 + 1];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    file.readFully(segment, at);
    for (int b = first; b <= last; b++) {
      int i = b / 8 - first / 8;
      int bit = 1 << b % 8;
      bytes[i] = (byte) (value ? bytes[i] | bit : bytes[i] & ~bit);
    }
    file.write(segment, at);
  }

  /** Whether the whole blob was found to be what its digest says. */
  synchronized boolean isVerified() throws IOException {
    return (word(MapHeader.FLAGS_AT) & MapHeader.VERIFIED) != 0;
  }

  /** All blocks are there and their digest is right. False if some were evicted meanwhile. */
  synchronized boolean verified(long generation) throws IOException {
    try (FileLock ignored = change()) {
      if (word(MapHeader.GENERATION_AT) != generation) {
        return false;
      }
      word(MapHeader.FLAGS_AT, word(MapHeader.FLAGS_AT) | MapHeader.VERIFIED);
      return true;
    }
  }

  /**
   * Keeps other processes from fetching the same blocks, as long as they are patient.
   *
   * @return the claim, to be closed; nothing if another process has not finished in time
   */
  Optional<FileLock> claim(int first, int last, Duration patience) {
    try {
      return Optional.of(
          ProcessLock.take(
              locks,
              new ProcessLock.Range(CLAIMS + first, last - first + 1L),
              false,
              patience,
              path));
    } catch (IOException e) {
      // It only saves a request: what it cannot have, it does without.
      return Optional.empty();
    }
  }

  /** What is known of each extent's uses, here and by others. */
  synchronized void shareHeat(Heat heat) throws IOException {
    byte[] bytes = new byte[heat.extents() * Long.BYTES];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    try (FileLock ignored = change()) {
      file.readFully(segment, header.heatAt());
      for (int e = 0; e < heat.extents(); e++) {
        heat.merge(e, segment.get(LONG, (long) e * Long.BYTES));
        segment.set(LONG, (long) e * Long.BYTES, heat.packed(e));
      }
      file.write(segment, header.heatAt());
    }
  }

  /** An empty record of uses for this blob. */
  Heat newHeat() {
    return new Heat(header.extents());
  }

  /**
   * Whether a process died while it had the blob open and nobody has since looked after what it may
   * have left: data that the map knows nothing of. Asked once, just after opening.
   */
  synchronized boolean isAbandoned() throws IOException {
    try (FileLock ignored = change()) {
      long flags = word(MapHeader.FLAGS_AT);
      word(MapHeader.FLAGS_AT, flags | MapHeader.OPEN);
      return alone && (flags & MapHeader.OPEN) != 0;
    }
  }

  /**
   * Takes the blob for this process alone, for good. The caller holds the folder's lock and closes
   * this afterwards.
   *
   * @return false if others have it open
   */
  boolean takeAlone() throws IOException {
    inUse.release();
    return locks.tryLock(IN_USE, 1, false) != null;
  }

  /** Closes the map; a last user leaves word that nothing was left unfinished. */
  @Override
  public synchronized void close() throws IOException {
    try (locks;
        file) {
      if (inUse.isValid() && takeAlone()) {
        word(MapHeader.FLAGS_AT, word(MapHeader.FLAGS_AT) & ~MapHeader.OPEN);
      }
    }
  }
}

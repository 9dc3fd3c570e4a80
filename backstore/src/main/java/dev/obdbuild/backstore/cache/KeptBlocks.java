package dev.obdbuild.backstore.cache;

import dev.obdbuild.linux.file.OpenFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The blocks of one blob on disk: data, which of them are there, and how much they are used.
 * Thread-safe; never waits for a registry. Not broken by interrupts, since other readers share it.
 */
final class KeptBlocks implements Closeable {

  private final Path path;
  private final OpenFile data;
  private final PresenceMap present;
  private final Heat heat;
  private final ReadWriteLock openness = new ReentrantReadWriteLock();
  private boolean closed;
  private int cutOff;

  private KeptBlocks(Path path, OpenFile data, PresenceMap present) {
    this.path = path;
    this.data = data;
    this.present = present;
    this.heat = present.newHeat();
  }

  /** Opens what is kept of a blob. The caller holds the folder's lock. */
  static KeptBlocks open(Path folder, String key, long blobSize) throws IOException {
    OpenFile data = OpenFile.readWrite(data(folder, key));
    try {
      PresenceMap map = PresenceMap.open(map(folder, key), blobSize, () -> data.truncate(0));
      return started(data(folder, key), data, map);
    } catch (IOException | RuntimeException e) {
      try (data) {
        throw e;
      }
    }
  }

  /** Opens what is kept of a blob that this process has not open; nothing if it does not count. */
  static Optional<KeptBlocks> existing(Path folder, String key) throws IOException {
    Optional<PresenceMap> map = PresenceMap.existing(map(folder, key));
    if (map.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          started(data(folder, key), OpenFile.readWrite(data(folder, key)), map.get()));
    } catch (IOException | RuntimeException e) {
      try (PresenceMap closing = map.get()) {
        throw e;
      }
    }
  }

  private static KeptBlocks started(Path path, OpenFile data, PresenceMap map) throws IOException {
    KeptBlocks kept = new KeptBlocks(path, data, map);
    try {
      kept.forgetCutOff();
      if (map.isAbandoned()) {
        kept.tidy();
      }
      map.shareHeat(kept.heat);
      return kept;
    } catch (IOException | RuntimeException e) {
      try (map) {
        throw e;
      }
    }
  }

  static Path map(Path folder, String key) {
    return folder.resolve(key + ".map");
  }

  static Path data(Path folder, String key) {
    return folder.resolve(key + ".data");
  }

  /**
   * Forgets blocks that the data file is too short for: somebody has cut it off or deleted it. At
   * once, because the next block that is written behind them would have them read as zeros.
   */
  private void forgetCutOff() throws IOException {
    long end = Files.size(path);
    int first = (int) (end / BlockCache.BLOCK);
    int last = blocks() - 1;
    if (end < size() && first <= last) {
      cutOff = present.count(first, last);
      if (cutOff > 0) {
        present.remove(List.of(new PresenceMap.Run(first, last)), () -> {});
      }
    }
  }

  /** Blocks that were forgotten at opening since the data file was too short for them. */
  int cutOff() {
    return cutOff;
  }

  /** Frees data that the map knows nothing of. */
  private void tidy() throws IOException {
    long end = Files.size(path);
    for (long at = data.nextData(0); at >= 0 && at < end; at = data.nextData(at)) {
      long hole = data.nextHole(at);
      for (long b = at / BlockCache.BLOCK; b * BlockCache.BLOCK < hole; b++) {
        if (b >= blocks() || !present.has((int) b)) {
          data.punch(b * BlockCache.BLOCK, BlockCache.BLOCK);
        }
      }
      at = hole;
    }
  }

  /** Something done while the files are open. */
  @FunctionalInterface
  private interface Action<T> {
    T run() throws IOException;
  }

  /** Descriptors are numbers: after closing they may be somebody else's. */
  private <T> T whileOpen(Action<T> action) throws IOException {
    Lock lock = openness.readLock();
    lock.lock();
    try {
      if (closed) {
        throw new IOException(path + " is closed");
      }
      return action.run();
    } catch (IOException e) {
      throw closed ? e : new CacheFileException(path, e);
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    Lock lock = openness.readLock();
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  int blocks() {
    return present.blocks();
  }

  /** Bytes of the whole blob. */
  long size() {
    return present.size();
  }

  long bytes() {
    return present.bytes();
  }

  boolean isEmpty() {
    return present.count() == 0;
  }

  boolean has(int block) {
    return present.has(block);
  }

  int firstMissing(int first, int last) {
    return present.firstMissing(first, last);
  }

  int count(int first, int last) {
    return present.count(first, last);
  }

  long known() {
    return present.known();
  }

  void refresh(int first, int last) throws IOException {
    whileOpen(
        () -> {
          present.refresh(first, last);
          return true;
        });
  }

  void touch(int first, int last, long nowMillis) {
    heat.touch(first / BlockCache.EXTENT, last / BlockCache.EXTENT, nowMillis);
  }

  /** They are here now, and nobody has used them yet. */
  void fetched(int first, int last, long nowMillis) {
    heat.arrive(first / BlockCache.EXTENT, last / BlockCache.EXTENT, nowMillis);
  }

  Heat heat() {
    return heat;
  }

  Optional<FileLock> claim(int first, int last, Duration patience) throws IOException {
    return whileOpen(() -> present.claim(first, last, patience));
  }

  void release(FileLock claim) throws IOException {
    Lock lock = openness.readLock();
    lock.lock();
    try {
      if (!closed) {
        claim.release();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads blocks that were called present when the generation was {@code seen}.
   *
   * @return false if they have been evicted since, or the file was cut off
   */
  boolean read(long offset, MemorySegment dst, long seen) throws IOException {
    return whileOpen(
        () -> {
          if (fill(offset, dst) && present.isCurrent(seen)) {
            return true;
          }
          // Something was evicted meanwhile, most likely elsewhere.
          int first = (int) (offset / BlockCache.BLOCK);
          int last = (int) ((offset + dst.byteSize() - 1) / BlockCache.BLOCK);
          boolean[] whole = new boolean[1];
          boolean there = present.whilePresent(first, last, () -> whole[0] = fill(offset, dst));
          if (there && !whole[0]) {
            // The data file ends too early: somebody has cut it off.
            present.remove(List.of(new PresenceMap.Run(first, last)), () -> {});
          }
          return there && whole[0];
        });
  }

  private boolean fill(long offset, MemorySegment dst) throws IOException {
    for (long done = 0; done < dst.byteSize(); ) {
      int n = data.read(dst.asSlice(done), offset + done);
      if (n == 0) {
        return false;
      }
      done += n;
    }
    return true;
  }

  /** Writes blocks, and only then calls them present. */
  void write(int first, int last, byte[] bytes) throws IOException {
    whileOpen(
        () -> {
          long generation;
          do {
            generation = present.generation();
            data.write(MemorySegment.ofArray(bytes), (long) first * BlockCache.BLOCK);
          } while (!present.add(first, last, generation));
          return true;
        });
  }

  /** Forgets blocks and frees their room on the disk. */
  void remove(int first, int last) throws IOException {
    remove(List.of(new PresenceMap.Run(first, last)));
  }

  /** The same, all at once, which disturbs readers less. */
  void remove(List<PresenceMap.Run> runs) throws IOException {
    whileOpen(
        () -> {
          present.remove(
              runs,
              () -> {
                for (PresenceMap.Run run : runs) {
                  long blocks = run.last() - run.first() + 1L;
                  data.punch((long) run.first() * BlockCache.BLOCK, blocks * BlockCache.BLOCK);
                }
              });
          return true;
        });
  }

  boolean isVerified() throws IOException {
    return whileOpen(present::isVerified);
  }

  /**
   * Hashes the whole blob, whose blocks are all there.
   *
   * @return whether it has the digest; nothing if blocks were evicted meanwhile
   */
  Optional<Boolean> verify(long blobSize, MessageDigest hash, byte[] wanted) throws IOException {
    long seen = known();
    long generation = whileOpen(present::generation);
    byte[] piece = new byte[256 << 10];
    for (long at = 0; at < blobSize; at += piece.length) {
      int n = (int) Math.min(piece.length, blobSize - at);
      if (!read(at, MemorySegment.ofArray(piece).asSlice(0, n), seen)) {
        return Optional.empty();
      }
      hash.update(piece, 0, n);
    }
    if (!MessageDigest.isEqual(hash.digest(), wanted)) {
      return Optional.of(false);
    }
    return whileOpen(() -> present.verified(generation)) ? Optional.of(true) : Optional.empty();
  }

  /** Tells other processes of this one's uses, and learns of theirs and of their blocks. */
  void share() throws IOException {
    whileOpen(
        () -> {
          present.reload();
          present.shareHeat(heat);
          return true;
        });
  }

  /**
   * Deletes the files if nobody has them open. The caller holds the folder's lock and closes this.
   */
  boolean deleteAlone(Path folder, String key) throws IOException {
    if (!present.takeAlone()) {
      return false;
    }
    Files.deleteIfExists(data(folder, key));
    Files.deleteIfExists(map(folder, key));
    return true;
  }

  /** Waits for what is being read and written here. */
  @Override
  public void close() throws IOException {
    Lock lock = openness.writeLock();
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      try (data;
          present) {
        present.shareHeat(heat);
      } catch (IOException e) {
        // Uses are lost and nothing else: a map that cannot be written is begun anew at the next
        // opening.
        return;
      }
    } finally {
      lock.unlock();
    }
  }
}

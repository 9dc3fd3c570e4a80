package dev.obdbuild.overlaybd.zfile;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.Ranges;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The decompressed bytes of a ZFile. Thread-safe. Owns the compressed file.
 *
 * <p>A read fetches the stored bytes of a whole run of blocks at once and expands whole blocks
 * straight into the caller's buffer if that is native memory. Blocks of which only a part was
 * wanted are kept, a few of them, because the rest is often wanted next.
 */
public final class ZFileReader implements BlockFile {
  /** Stored bytes fetched at once. */
  private static final int MAX_RUN = 256 << 10;

  private static final int CACHE_BYTES = 256 << 10;
  private static final int IDLE_WORKSPACES = 2;

  private final BlockFile file;
  private final String name;
  private final ZFileHeader header;
  private final Codec codec;
  private final ZFileIndex index;
  private final AtomicReferenceArray<@Nullable CachedBlock> cache;
  private final ArrayBlockingQueue<Workspace> idle = new ArrayBlockingQueue<>(IDLE_WORKSPACES);

  private record CachedBlock(long block, MemorySegment bytes) {}

  private ZFileReader(BlockFile file, String name, ZFileOpening.Opened opened) {
    this.file = file;
    this.name = name;
    this.header = opened.header();
    this.codec = opened.codec();
    this.index = opened.index();
    this.cache = new AtomicReferenceArray<>(CACHE_BYTES / header.blockSize());
  }

  /**
   * Opens a ZFile: reads and checks its header or trailer and its index, no block.
   *
   * @throws FormatException if one of them is damaged; the file is then still the caller's to close
   */
  public static ZFileReader open(BlockFile compressed, String name) throws IOException {
    ZFileOpening.Opened opened = new ZFileOpening(compressed, name).open();
    ZFileReader reader = new ZFileReader(compressed, name, opened);
    if (opened.doubt().isPresent() && reader.size() > 0) {
      reader.proveTail(opened.doubt().get());
    }
    return reader;
  }

  /**
   * Opens a ZFile by its trailer alone, which says all that its header says: for files whose two
   * ends are far apart.
   *
   * @return nothing if the trailer cannot be relied upon alone; the file is then the caller's
   */
  public static Optional<ZFileReader> openByTrailer(BlockFile compressed, String name)
      throws IOException {
    return new ZFileOpening(compressed, name)
        .openByTrailer()
        .map(opened -> new ZFileReader(compressed, name, opened));
  }

  /**
   * Where in the last bytes of a file a ZFile ends, if one does.
   *
   * @return the offset behind its trailer, which is looked at no closer
   */
  public static OptionalInt endIn(byte[] bytes) {
    int trailer = ZFileHeader.lastIn(bytes);
    return trailer < 0 ? OptionalInt.empty() : OptionalInt.of(trailer + ZFileHeader.BYTES);
  }

  private void proveTail(FormatException doubt) throws IOException {
    try {
      read(size() - 1, MemorySegment.ofArray(new byte[1]));
    } catch (FormatException e) {
      doubt.addSuppressed(e);
      throw doubt;
    }
  }

  /** Whether a file begins as a ZFile does. */
  public static boolean looksLike(BlockFile file) throws IOException {
    if (file.size() < ZFileHeader.BYTES) {
      return false;
    }
    byte[] start = new byte[24];
    file.read(0, MemorySegment.ofArray(start));
    return ZFileHeader.hasMagic(start);
  }

  /** The codec of the blocks. */
  public Codec codec() {
    return codec;
  }

  /** Bytes per block before compression. */
  public int blockSize() {
    return header.blockSize();
  }

  @Override
  public long size() {
    return header.originalSize();
  }

  /**
   * Fills {@code dst}.
   *
   * @throws FormatException if a block is damaged and still is after it was evicted and read again
   */
  @Override
  public void read(long offset, MemorySegment dst) throws IOException {
    Ranges.check(offset, dst.byteSize(), size(), name);
    long end = offset + dst.byteSize();
    int blockSize = header.blockSize();
    if (dst.byteSize() > MAX_RUN) {
      // More than one run perhaps: none is to wait for the one before it.
      expect(offset, dst.byteSize());
    }
    for (long at = offset; at < end; ) {
      long block = at / blockSize;
      long stop = Math.min(end, (block + 1) * blockSize);
      CachedBlock cached = cache.get((int) (block % cache.length()));
      if (cached != null && cached.block == block) {
        MemorySegment.copy(cached.bytes, at - block * blockSize, dst, at - offset, stop - at);
        at = stop;
      } else {
        at = readRun(block, at, end, dst, offset);
      }
    }
  }

  @Override
  public void expect(long offset, long length) throws IOException {
    Ranges.check(offset, length, size(), name);
    if (length > 0) {
      long from = index.offset(offset / header.blockSize());
      file.expect(from, index.offset((offset + length - 1) / header.blockSize() + 1) - from);
    }
  }

  /**
   * Reads blocks from {@code first} on, as many as fit a run; returns the offset up to which dst is
   * filled.
   */
  private long readRun(long first, long at, long end, MemorySegment dst, long base)
      throws IOException {
    long wanted = (end - 1) / header.blockSize() + 1;
    long last = first + 1;
    long from = index.offset(first);
    while (last < wanted && index.offset(last + 1) - from <= MAX_RUN) {
      last++;
    }
    int length = (int) (index.offset(last) - from);
    Workspace workspace = idle.poll();
    if (workspace == null) {
      workspace = new Workspace(codec, header.blockSize());
    }
    try {
      MemorySegment stored = workspace.stored(length);
      file.read(from, stored);
      long filled = at;
      for (long block = first; block < last; block++) {
        filled = expand(workspace, block, from, filled, end, dst, base);
      }
      return filled;
    } finally {
      if (!idle.offer(workspace)) {
        workspace.close();
      }
    }
  }

  private long expand(
      Workspace workspace,
      long block,
      long runStart,
      long at,
      long end,
      MemorySegment dst,
      long base)
      throws IOException {
    long blockStart = block * header.blockSize();
    int size = (int) Math.min(header.blockSize(), size() - blockStart);
    int storedAt = (int) (index.offset(block) - runStart);
    int storedLength = (int) (index.offset(block + 1) - index.offset(block));
    boolean whole = at == blockStart && end >= blockStart + size;
    MemorySegment target =
        whole && dst.isNative() ? dst.asSlice(at - base, size) : workspace.block(size);
    String wrong = workspace.expand(storedAt, storedLength, header.checksum(), target);
    if (!wrong.isEmpty()) {
      expandAgain(workspace, block, storedAt, storedLength, target, wrong);
    }
    long stop = Math.min(end, blockStart + size);
    if (!whole || !dst.isNative()) {
      MemorySegment.copy(target, at - blockStart, dst, at - base, stop - at);
    }
    if (!whole) {
      keep(block, target);
    }
    return stop;
  }

  /** A cache below may hold damaged bytes: have it fetch them again, once. */
  private void expandAgain(
      Workspace workspace,
      long block,
      int storedAt,
      int storedLength,
      MemorySegment target,
      String before)
      throws IOException {
    long offset = index.offset(block);
    file.evict(offset, storedLength);
    file.read(offset, workspace.storedPart(storedAt, storedLength));
    String wrong = workspace.expand(storedAt, storedLength, header.checksum(), target);
    if (!wrong.isEmpty()) {
      throw new FormatException(
          name,
          "ZFile block " + block,
          offset,
          wrong + (wrong.equals(before) ? ", and the same when read again" : ", after " + before));
    }
  }

  private void keep(long block, MemorySegment bytes) {
    MemorySegment copy = MemorySegment.ofArray(new byte[(int) bytes.byteSize()]).copyFrom(bytes);
    cache.set((int) (block % cache.length()), new CachedBlock(block, copy));
  }

  @Override
  public void evict(long offset, long length) throws IOException {
    Ranges.check(offset, length, size(), name);
    if (length == 0) {
      return;
    }
    for (int i = 0; i < cache.length(); i++) {
      cache.set(i, null);
    }
    long first = index.offset(offset / header.blockSize());
    file.evict(first, index.offset((offset + length - 1) / header.blockSize() + 1) - first);
  }

  @Override
  public void close() throws IOException {
    for (Workspace workspace = idle.poll(); workspace != null; workspace = idle.poll()) {
      workspace.close();
    }
    file.close();
  }

  @Override
  public String toString() {
    return "ZFile " + name;
  }
}

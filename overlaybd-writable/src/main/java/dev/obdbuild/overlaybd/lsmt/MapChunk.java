package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * 1 MiB of a {@link SectorMap}: one word per 4 KiB block, and one word per sector for a block whose
 * sectors do not follow one another.
 *
 * <p>A split block's sectors are an immutable array that is published before the word that points
 * to it, so a lookup without a lock sees old or new sectors, never a mixture.
 */
final class MapChunk {
  static final int SECTOR_SHIFT = 11;
  static final int SECTORS = 1 << SECTOR_SHIFT;
  static final int SECTOR_MASK = SECTORS - 1;

  static final int BLOCK_BYTES = 4096;

  /** A record began here. */
  static final long START = 1L << 63;

  static final long ZERO = 1L << 61;

  private static final long SPLIT = 1L << 62;
  private static final long FILE_SECTOR = (1L << 55) - 1;
  private static final int BLOCK = 8;

  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle SPLITS = MethodHandles.arrayElementVarHandle(long[][].class);

  private final long[] words = new long[SECTORS / BLOCK];
  private volatile long @Nullable [] @Nullable [] splits;

  /** The word for a sector {@code by} further on in the same record. */
  static long advance(long value, long by) {
    if (value == 0 || by == 0) {
      return value;
    }
    return (value & ~START) + ((value & ZERO) != 0 ? 0 : by);
  }

  /** The word without its marks, as a {@link SegmentIndex} has it; 0 for nothing. */
  static long map(long value) {
    return (value & FILE_SECTOR) | ((value & ZERO) != 0 ? SegmentIndex.ZEROED : 0);
  }

  /** Sets sectors; returns by how many the sectors with data became more. */
  synchronized int put(int from, int count, long value) {
    int gained = 0;
    int at = from;
    int end = from + count;
    while (at < end) {
      int block = at / BLOCK;
      int inBlock = at % BLOCK;
      int stop = Math.min(end, (block + 1) * BLOCK);
      long v = advance(value, at - from);
      gained += stop - at == BLOCK ? putWhole(block, v) : putPart(block, inBlock, stop - at, v);
      at = stop;
    }
    return gained;
  }

  private static int stored(long value, int sectors) {
    return value != 0 && (value & ZERO) == 0 ? sectors : 0;
  }

  private int putWhole(int block, long value) {
    long old = words[block];
    int before = stored(old, BLOCK);
    if ((old & SPLIT) != 0) {
      before = 0;
      for (long sector : split(block)) {
        before += stored(sector, 1);
      }
    }
    WORDS.setRelease(words, block, value);
    return stored(value, BLOCK) - before;
  }

  private int putPart(int block, int inBlock, int count, long value) {
    long[] sectors = expanded(block);
    int gained = 0;
    for (int i = 0; i < count; i++) {
      gained -= stored(sectors[inBlock + i], 1);
      sectors[inBlock + i] = advance(value, i);
      gained += stored(sectors[inBlock + i], 1);
    }
    publish(block, sectors);
    return gained;
  }

  /** A private copy of a block's sectors. */
  private long[] expanded(int block) {
    long word = words[block];
    if ((word & SPLIT) != 0) {
      return split(block).clone();
    }
    long[] sectors = new long[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      sectors[i] = advance(word, i);
    }
    return sectors;
  }

  private long[] split(int block) {
    long[][] all = splits;
    long[] sectors = all == null ? null : (long[]) SPLITS.getAcquire(all, block);
    if (sectors == null) {
      throw new IllegalStateException("block " + block + " is marked split and has no sectors");
    }
    return sectors;
  }

  private void publish(int block, long[] sectors) {
    long[][] all = splits;
    if (all == null) {
      all = new long[SECTORS / BLOCK][];
      splits = all;
    }
    SPLITS.setRelease(all, block, sectors);
    WORDS.setRelease(words, block, SPLIT);
  }

  /** Notes that a record begins at a sector, if the sector is mapped. */
  synchronized void markStart(int sector) {
    int block = sector / BLOCK;
    long word = words[block];
    if ((word & SPLIT) == 0) {
      if (word != 0 && sector % BLOCK == 0) {
        WORDS.setRelease(words, block, word | START);
      }
      return;
    }
    long value = split(block)[sector % BLOCK];
    if (value != 0 && (value & START) == 0) {
      long[] sectors = split(block).clone();
      sectors[sector % BLOCK] = value | START;
      publish(block, sectors);
    }
  }

  /** The {@link #map} of a block that begins at {@code sector}, or -1 if it is split. */
  long block(int sector) {
    long word = (long) WORDS.getAcquire(words, sector / BLOCK);
    return (word & SPLIT) == 0 ? map(word) : -1;
  }

  /** Reports {@code count} sectors from device sector {@code at} on. */
  void visit(long at, int count, MapRun run) throws IOException {
    long end = at + count;
    for (long sector = at; sector < end; ) {
      int block = (int) (sector & SECTOR_MASK) / BLOCK;
      int inBlock = (int) (sector % BLOCK);
      int length = (int) Math.min(end - sector, BLOCK - inBlock);
      long word = (long) WORDS.getAcquire(words, block);
      if ((word & SPLIT) == 0) {
        run.add(sector, length, advance(word, inBlock));
      } else {
        long[] sectors = split(block);
        for (int i = 0; i < length; i++) {
          run.add(sector + i, 1, sectors[inBlock + i]);
        }
      }
      sector += length;
    }
  }
}

package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The index of a writable layer: for every sector nothing, zeroed, or a sector of the data file.
 * One step to a chunk of 1 MiB and one to a block of 4 KiB, so a lookup or an aligned write costs
 * the same whatever was written before; 8 bytes per 4 KiB of touched chunks, 64 more for a block
 * that is not in one piece.
 *
 * <p>Lookups take no lock. Changes of one chunk exclude each other, so concurrent changes of
 * disjoint sectors are safe, also within one block. Remembers where a record began, because a
 * commit cuts its own records by them.
 */
final class SectorMap {
  /** A page holds the chunks of 4 GiB. */
  private static final int PAGE_SHIFT = 23;

  private static final int CHUNK_MASK = (1 << (PAGE_SHIFT - MapChunk.SECTOR_SHIFT)) - 1;

  private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable MapChunk>> pages;
  private final AtomicLong dataSectors = new AtomicLong();

  SectorMap(long virtualSectors) {
    long count = (virtualSectors >> PAGE_SHIFT) + 1;
    if (count > 1 << 20) {
      throw new IllegalArgumentException(
          "a writable layer of " + virtualSectors + " sectors is beyond 4 PiB");
    }
    pages = new AtomicReferenceArray<>((int) count);
  }

  /**
   * One run of equal kind: {@code map} is a file sector, or {@link SegmentIndex#ZEROED}, or 0 for
   * nothing.
   */
  interface Visitor {
    void run(long sector, long count, long map) throws IOException;
  }

  /** Sectors that store data. */
  long dataSectors() {
    return dataSectors.get();
  }

  /**
   * Maps sectors to consecutive file sectors, or all to one zeroed record. {@code fileSector} is
   * above 0.
   */
  void put(long sector, long count, long fileSector, boolean zeroed, boolean boundary) {
    long value = fileSector | (zeroed ? MapChunk.ZERO : 0) | (boundary ? MapChunk.START : 0);
    change(sector, count, value);
  }

  /** Forgets sectors: what is below shows again. */
  void clear(long sector, long count) {
    change(sector, count, 0);
  }

  private void change(long sector, long count, long value) {
    long at = sector;
    long end = sector + count;
    long v = value;
    while (at < end) {
      long stop = Math.min(end, (at | MapChunk.SECTOR_MASK) + 1);
      MapChunk chunk = v == 0 ? chunk(at) : chunkForWrite(at);
      if (chunk != null) {
        dataSectors.addAndGet(chunk.put((int) (at & MapChunk.SECTOR_MASK), (int) (stop - at), v));
      }
      v = MapChunk.advance(v, stop - at);
      at = stop;
    }
    MapChunk after = (value & MapChunk.START) != 0 || value == 0 ? chunk(end) : null;
    if (after != null) {
      after.markStart((int) (end & MapChunk.SECTOR_MASK));
    }
  }

  /**
   * Where the 4 KiB block that begins at {@code sector} lies, as in {@link Visitor}; -1 if it is in
   * pieces.
   */
  long block(long sector) {
    MapChunk chunk = chunk(sector);
    return chunk == null ? 0 : chunk.block((int) (sector & MapChunk.SECTOR_MASK));
  }

  /** Walks [sector, sector + count) in runs that are contiguous in the file. */
  void visit(long sector, long count, Visitor visitor) throws IOException {
    long end = sector + count;
    MapRun run = new MapRun(visitor, false);
    for (long at = sector; at < end; ) {
      long stop = Math.min(end, (at | MapChunk.SECTOR_MASK) + 1);
      MapChunk chunk = chunk(at);
      if (chunk == null) {
        run.add(at, stop - at, 0);
      } else {
        chunk.visit(at, (int) (stop - at), run);
      }
      at = stop;
    }
    run.finish();
  }

  /**
   * All that is mapped, cut where records began. A change during the call may or may not be in it.
   */
  SegmentIndex snapshot() {
    SegmentBuilder out = new SegmentBuilder(64, false);
    MapRun run = new MapRun((at, count, map) -> addSplit(out, at, count, map), true);
    try {
      for (int p = 0; p < pages.length(); p++) {
        AtomicReferenceArray<@Nullable MapChunk> page = pages.get(p);
        for (int c = 0; page != null && c <= CHUNK_MASK; c++) {
          MapChunk chunk = page.get(c);
          if (chunk != null) {
            chunk.visit(
                ((long) p << PAGE_SHIFT) + ((long) c << MapChunk.SECTOR_SHIFT),
                MapChunk.SECTORS,
                run);
          }
        }
      }
      run.finish();
    } catch (IOException e) {
      throw new IllegalStateException("walking an index in memory does no I/O", e);
    }
    return out.build();
  }

  private static void addSplit(SegmentBuilder out, long sector, long count, long map) {
    for (long done = 0; map != 0 && done < count; ) {
      int part = (int) Math.min(1 << 30, count - done);
      out.add(sector + done, part, (map & SegmentIndex.ZEROED) != 0 ? map : map + done, 0);
      done += part;
    }
  }

  private @Nullable MapChunk chunk(long sector) {
    long p = sector >> PAGE_SHIFT;
    AtomicReferenceArray<@Nullable MapChunk> page = p < pages.length() ? pages.get((int) p) : null;
    return page == null ? null : page.get((int) (sector >> MapChunk.SECTOR_SHIFT) & CHUNK_MASK);
  }

  private MapChunk chunkForWrite(long sector) {
    int p = (int) (sector >> PAGE_SHIFT);
    AtomicReferenceArray<@Nullable MapChunk> page = pages.get(p);
    if (page == null) {
      AtomicReferenceArray<@Nullable MapChunk> fresh = new AtomicReferenceArray<>(CHUNK_MASK + 1);
      AtomicReferenceArray<@Nullable MapChunk> winner = pages.compareAndExchange(p, null, fresh);
      page = winner == null ? fresh : winner;
    }
    int c = (int) (sector >> MapChunk.SECTOR_SHIFT) & CHUNK_MASK;
    MapChunk chunk = page.get(c);
    if (chunk == null) {
      MapChunk fresh = new MapChunk();
      MapChunk winner = page.compareAndExchange(c, null, fresh);
      chunk = winner == null ? fresh : winner;
    }
    return chunk;
  }
}

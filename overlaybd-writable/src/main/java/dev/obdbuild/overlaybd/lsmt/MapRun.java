package dev.obdbuild.overlaybd.lsmt;

import java.io.IOException;

/** Joins words of a {@link SectorMap} that continue one another into runs. */
final class MapRun {
  private final SectorMap.Visitor visitor;
  private final boolean cutAtStarts;
  private long sector;
  private long count;
  private long map;

  MapRun(SectorMap.Visitor visitor, boolean cutAtStarts) {
    this.visitor = visitor;
    this.cutAtStarts = cutAtStarts;
  }

  void add(long at, long length, long value) throws IOException {
    long next = MapChunk.map(value);
    boolean cut = cutAtStarts && (value & MapChunk.START) != 0;
    if (count > 0 && !cut && at == sector + count && continues(next)) {
      count += length;
      return;
    }
    finish();
    sector = at;
    count = length;
    map = next;
  }

  private boolean continues(long next) {
    if (map == 0 || next == 0) {
      return map == next;
    }
    if (((map ^ next) & SegmentIndex.ZEROED) != 0) {
      return false;
    }
    return (map & SegmentIndex.ZEROED) != 0 ? !cutAtStarts || map == next : map + count == next;
  }

  void finish() throws IOException {
    if (count > 0) {
      visitor.run(sector, count, map);
      count = 0;
    }
  }
}

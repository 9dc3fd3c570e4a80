package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Makes a writable layer's data file a whole layer by appending its index and a trailer. Nothing is
 * moved.
 */
final class LayerSeal {
  private static final int STEP = 64 << 10;

  private LayerSeal() {}

  static void append(Layer layer, SparseFile file, long indexOffset, int extraFlags)
      throws IOException {
    byte[] buffer = new byte[STEP];
    MemorySegment out = MemorySegment.ofArray(buffer);
    SegmentIndex index = layer.index();
    long at = indexOffset;
    long records = 0;
    int pending = 0;
    for (int i = 0; i < index.size(); i++) {
      for (int done = 0; done < index.length(i); ) {
        int part = Math.min(Sectors.MAX_RECORD, index.length(i) - done);
        long fileSector = index.fileSector(i) + (index.zeroed(i) ? 0 : done);
        out.set(Records.WORD, pending, Records.first(index.start(i) + done, part));
        out.set(Records.WORD, pending + 8L, Records.second(fileSector, index.zeroed(i), 0));
        pending += Records.BYTES;
        records++;
        done += part;
        if (pending == STEP) {
          file.write(at, out);
          at += pending;
          pending = 0;
        }
      }
    }
    int padded = (pending + Sectors.SIZE - 1) & -Sectors.SIZE;
    out.asSlice(pending, padded - pending).fill((byte) 0);
    file.write(at, out.asSlice(0, padded));
    int flags = LsmtHeader.DATA_FILE | LsmtHeader.SEALED | extraFlags;
    file.write(
        at + padded,
        new LsmtHeader(
                flags,
                indexOffset,
                records,
                layer.virtualSize(),
                layer.uuid(),
                layer.parentUuid(),
                "")
            .encode());
  }
}

package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The index file of a log layer: records in write order, buffered. Thread-safe. Owns the file. */
final class RecordLog implements Closeable {
  private static final int BUFFER = 4096;

  private final SparseFile file;
  private final MemorySegment buffer = MemorySegment.ofArray(new byte[BUFFER]);
  private long position;
  private int pending;

  RecordLog(SparseFile file, long position) {
    this.file = file;
    this.position = position;
  }

  synchronized void append(long first, long second) throws IOException {
    if (pending == BUFFER) {
      flush();
    }
    buffer.set(Records.WORD, pending, first);
    buffer.set(Records.WORD, pending + 8L, second);
    pending += Records.BYTES;
  }

  private void flush() throws IOException {
    file.write(position, buffer.asSlice(0, pending));
    position += pending;
    pending = 0;
  }

  synchronized void force() throws IOException {
    flush();
    file.force();
  }

  void writeVirtualSize(long size) throws IOException {
    LayerState.writeVirtualSize(file, size);
  }

  @Override
  public synchronized void close() throws IOException {
    try (file) {
      flush();
    }
  }

  /** Maps all records of the file in their order; returns where the next one belongs. */
  static long replay(SparseFile file, long dataEnd, LayerState state, boolean prefix)
      throws IOException {
    long records = (file.size() - Sectors.HEADER_BYTES) / Records.BYTES;
    byte[] bytes = new byte[64 << 10];
    for (long done = 0; done < records; ) {
      int count = (int) Math.min(bytes.length / Records.BYTES, records - done);
      MemorySegment part = MemorySegment.ofArray(bytes).asSlice(0, (long) count * Records.BYTES);
      file.read(Sectors.HEADER_BYTES + done * Records.BYTES, part);
      for (int i = 0; i < count; i++) {
        long first = part.get(Records.WORD, (long) i * Records.BYTES);
        long second = part.get(Records.WORD, (long) i * Records.BYTES + 8);
        String wrong = map(first, second, dataEnd, state);
        if (!wrong.isEmpty()) {
          long at = Sectors.HEADER_BYTES + (done + i) * Records.BYTES;
          if (prefix) {
            return at;
          }
          throw new FormatException(state.name, "LSMT index record " + (done + i), at, wrong);
        }
      }
      done += count;
    }
    return Sectors.HEADER_BYTES + records * Records.BYTES;
  }

  private static String map(long first, long second, long dataEnd, LayerState state) {
    if (Records.padding(first)) {
      return "";
    }
    String wrong = RecordCheck.problem(first, second, Sectors.FIRST_DATA, dataEnd);
    long end = Records.sector(first) + Records.length(first);
    if (wrong.isEmpty() && end > (state.virtualSize() + Sectors.SIZE - 1) >> Sectors.SHIFT) {
      wrong = "ends at sector " + end + ", past the device's size " + state.virtualSize();
    }
    if (wrong.isEmpty()) {
      state
          .map()
          .put(
              Records.sector(first),
              Records.length(first),
              Records.fileSector(second),
              Records.zeroed(second),
              true);
    }
    return wrong;
  }
}

package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The index file of a log layer: records in write order. Thread-safe. Owns the file, not the data
 * file.
 *
 * <p>A record goes to the file only after the data it names is on stable storage. Otherwise a power
 * cut could leave a record without its data, which then hides what was durable before; records
 * carry no checksum that would show it. So records wait in memory for a flush, or until there are
 * 16,384 of them.
 */
final class RecordLog implements Closeable {
  private static final int BUFFER = 256 << 10;

  private final SparseFile file;
  private final SparseFile data;
  private final MemorySegment buffer = MemorySegment.ofArray(new byte[BUFFER]);
  private long position;
  private int pending;

  /**
   * @param position in {@code file}, of the next record
   * @param data what the records point into
   */
  RecordLog(SparseFile file, long position, SparseFile data) {
    this.file = file;
    this.position = position;
    this.data = data;
  }

  synchronized void append(long first, long second) throws IOException {
    if (pending == BUFFER) {
      flush();
    }
    buffer.set(Records.WORD, pending, first);
    buffer.set(Records.WORD, pending + 8L, second);
    pending += Records.BYTES;
  }

  /** A record that is pending has its data written, so this order is all it takes. */
  private void flush() throws IOException {
    if (pending > 0) {
      data.force();
      // When this fails (a full disk) the records stay pending and go to the same place later.
      file.write(position, buffer.asSlice(0, pending));
      position += pending;
      pending = 0;
    }
  }

  synchronized void force() throws IOException {
    if (pending == 0) {
      data.force();
    }
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

  /**
   * Maps the records of the file in their order; returns where the next one belongs.
   *
   * @param prefix whether the first wrong record ends the log, as one does that was never written
   */
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
          if (prefix || (first | second) == 0) {
            return at;
          }
          throw new FormatException(state.name, "LSMT index record " + (done + i), at, wrong);
        }
      }
      done += count;
    }
    return Sectors.HEADER_BYTES + records * Records.BYTES;
  }

  /**
   * Cuts off what a crash left behind the last good record. Records of that tail may be whole, and
   * would come back to life when new ones fill the gap before them.
   */
  static void dropAfter(long end, SparseFile file) throws IOException {
    if (file.size() > end) {
      file.truncate(end);
      file.force();
    }
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

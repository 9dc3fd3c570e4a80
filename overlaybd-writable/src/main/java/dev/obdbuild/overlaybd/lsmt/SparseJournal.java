package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.SparseFile;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * What a sparse layer mapped and dropped, in order, in a file beside its data: an index header and
 * records as a log layer's index file has them, each written before the write or discard that it
 * tells of is over. So the layer outlives its process with everything that was acknowledged. It
 * does not outlive a power cut. Thread-safe. Owns the file.
 */
final class SparseJournal implements Closeable {
  private static final int STEP = 64 << 10;

  private final SparseFile file;
  private long position;

  private SparseJournal(SparseFile file, long position) {
    this.file = file;
    this.position = position;
  }

  static SparseJournal create(SparseFile file, long virtualSize, LayerIdentity identity)
      throws IOException {
    file.write(
        0,
        new LsmtHeader(
                LsmtHeader.HEADER,
                Sectors.HEADER_BYTES,
                0,
                virtualSize,
                identity.uuid(),
                identity.parentUuid(),
                "")
            .encode());
    return new SparseJournal(file, Sectors.HEADER_BYTES);
  }

  /** Notes that sectors have data, or have none any more; returns when the file has it. */
  synchronized void note(long sector, long count, boolean dropped) throws IOException {
    int records = Math.toIntExact((count + Sectors.MAX_RECORD - 1) / Sectors.MAX_RECORD);
    MemorySegment bytes = MemorySegment.ofArray(new byte[records * Records.BYTES]);
    long at = sector;
    long left = count;
    for (long place = 0; place < bytes.byteSize(); place += Records.BYTES) {
      int length = (int) Math.min(Sectors.MAX_RECORD, left);
      bytes.set(Records.WORD, place, Records.first(at, length));
      bytes.set(Records.WORD, place + 8, Records.second(Sectors.FIRST_DATA + at, dropped, 0));
      at += length;
      left -= length;
    }
    file.write(position, bytes);
    position += bytes.byteSize();
  }

  /**
   * Maps all records of the file in their order. An incomplete last one belongs to a write that was
   * never over.
   *
   * @param below of the layer, as it was for its writer
   */
  static SparseJournal replay(SparseFile file, LayerState state, LayerStack below)
      throws IOException {
    LsmtHeader header = LsmtHeader.read(file, 0, state.name, "LSMT index header");
    header.requireFlags(
        LsmtHeader.HEADER | LsmtHeader.DATA_FILE | LsmtHeader.SEALED,
        LsmtHeader.HEADER,
        state.name,
        "LSMT index header",
        0);
    if (header.virtualSize() != state.virtualSize()) {
      throw new FormatException(
          state.name,
          "LSMT index header",
          LsmtHeader.VIRTUAL_SIZE_AT,
          "virtual size " + header.virtualSize() + " beside data of " + state.virtualSize());
    }
    long records = (file.size() - Sectors.HEADER_BYTES) / Records.BYTES;
    byte[] bytes = new byte[(int) Math.min(STEP, records * Records.BYTES)];
    for (long done = 0; done < records; ) {
      int count = (int) Math.min(STEP / Records.BYTES, records - done);
      MemorySegment part = MemorySegment.ofArray(bytes).asSlice(0, (long) count * Records.BYTES);
      file.read(Sectors.HEADER_BYTES + done * Records.BYTES, part);
      for (int i = 0; i < count; i++) {
        long first = part.get(Records.WORD, (long) i * Records.BYTES);
        long second = part.get(Records.WORD, (long) i * Records.BYTES + 8);
        replay(done + i, first, second, state, below);
      }
      done += count;
    }
    return new SparseJournal(file, Sectors.HEADER_BYTES + records * Records.BYTES);
  }

  private static void replay(
      long number, long first, long second, LayerState state, LayerStack below) throws IOException {
    long sector = Records.sector(first);
    int length = Records.length(first);
    long fileSector = Records.fileSector(second);
    if (length == 0
        || fileSector != Sectors.FIRST_DATA + sector
        || length > (state.virtualSize() >> Sectors.SHIFT) - sector) {
      throw new FormatException(
          state.name,
          "sparse layer journal record " + number,
          Sectors.HEADER_BYTES + number * Records.BYTES,
          "sectors "
              + sector
              + "+"
              + length
              + " at file sector "
              + fileSector
              + " of a device of "
              + state.virtualSize());
    }
    if (Records.zeroed(second)) {
      state.discard(sector << Sectors.SHIFT, (long) length << Sectors.SHIFT, below, fileSector);
    } else {
      state.map().put(sector, length, fileSector, false, false);
    }
  }

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

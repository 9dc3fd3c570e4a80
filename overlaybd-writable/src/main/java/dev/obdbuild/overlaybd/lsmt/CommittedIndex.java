package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockSink;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Records of a layer that is being written in device order, each with its data right after the one
 * before.
 *
 * <p>The original copies data in steps of 32 KiB and joins the record of each step with the one
 * before while the sum stays below 16383 sectors; where its records end depends on that, and
 * readers compare bytes.
 */
final class CommittedIndex {
  private static final int STEP = 64;
  private static final int GROUP = 256;

  private long[] first = new long[64];
  private long[] second = new long[64];
  private int size;
  private long fileSector = Sectors.FIRST_DATA;

  /** Where the next data goes; after all segments, where the index goes. */
  long fileSector() {
    return fileSector;
  }

  void add(long sector, int length, boolean zeroed, int tag) throws FormatException {
    int step = zeroed ? Sectors.MAX_RECORD : STEP;
    for (int done = 0; done < length; done += step) {
      int part = Math.min(step, length - done);
      append(sector + done, part, zeroed, tag);
      fileSector += zeroed ? 0 : part;
    }
  }

  private void append(long sector, int length, boolean zeroed, int tag) throws FormatException {
    if (size > 0) {
      long lastFirst = first[size - 1];
      long lastSecond = second[size - 1];
      int lastLength = Records.length(lastFirst);
      if (Records.sector(lastFirst) + lastLength == sector
          && Records.zeroed(lastSecond) == zeroed
          && Records.tag(lastSecond) == tag
          && lastLength + length < Sectors.MAX_RECORD) {
        first[size - 1] = Records.first(Records.sector(lastFirst), lastLength + length);
        return;
      }
    }
    if (size == first.length) {
      grow();
    }
    first[size] = Records.first(sector, length);
    second[size] = Records.second(fileSector, zeroed, tag);
    size++;
  }

  private void grow() throws FormatException {
    if (size >= LayerOpening.MAX_RECORDS / GROUP * GROUP) {
      throw new FormatException(
          "new layer",
          "LSMT index",
          fileSector << Sectors.SHIFT,
          "more than " + size + " records, readers accept " + LayerOpening.MAX_RECORDS);
    }
    int capacity = (int) Math.min(2L * size, LayerOpening.MAX_RECORDS / GROUP * GROUP);
    first = Arrays.copyOf(first, capacity);
    second = Arrays.copyOf(second, capacity);
  }

  /** Records with padding up to a multiple of 256. */
  long records() {
    return (size + GROUP - 1) / GROUP * GROUP;
  }

  void writeTo(BlockSink sink) throws IOException {
    MemorySegment group = MemorySegment.ofArray(new byte[GROUP * Records.BYTES]);
    for (int from = 0; from < size; from += GROUP) {
      for (int i = 0; i < GROUP; i++) {
        boolean padding = from + i >= size;
        group.set(
            Records.WORD, (long) i * Records.BYTES, padding ? Records.PADDING : first[from + i]);
        group.set(Records.WORD, (long) i * Records.BYTES + 8, padding ? 0 : second[from + i]);
      }
      sink.write(group);
    }
  }
}

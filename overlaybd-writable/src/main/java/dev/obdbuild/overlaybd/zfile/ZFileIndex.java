package dev.obdbuild.overlaybd.zfile;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Where every stored block begins: 8 bytes per 64 KiB and 2 per block. Immutable. */
final class ZFileIndex {
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int STEP = 64 << 10;

  private final int groupShift;
  private final long[] groups;
  private final char[] deltas;
  private final long blocks;

  private ZFileIndex(int groupShift, long[] groups, char[] deltas, long blocks) {
    this.groupShift = groupShift;
    this.groups = groups;
    this.deltas = deltas;
    this.blocks = blocks;
  }

  long blocks() {
    return blocks;
  }

  /** Byte offset of a block; of {@link #blocks()} the end of the last one. */
  long offset(long block) {
    return groups[(int) (block >> groupShift)] + deltas[(int) block];
  }

  /** Reads the index that a checked header describes and checks every entry. */
  static ZFileIndex read(BlockFile file, ZFileHeader header, Codec codec, String layer)
      throws IOException {
    int shift = Integer.numberOfTrailingZeros(ZFileOptions.MAX_BLOCK / header.blockSize());
    IndexReader in = new IndexReader(header, codec, layer, shift);
    byte[] buffer = new byte[(int) Math.min(STEP, header.indexEntries() * Integer.BYTES)];
    RawCrc32c crc = new RawCrc32c(0);
    file.expect(header.indexOffset(), header.indexEntries() * Integer.BYTES);
    for (long done = 0; done < header.indexEntries(); ) {
      int count = (int) Math.min(STEP / Integer.BYTES, header.indexEntries() - done);
      MemorySegment part = MemorySegment.ofArray(buffer).asSlice(0, (long) count * Integer.BYTES);
      file.read(header.indexOffset() + done * Integer.BYTES, part);
      crc.update(part);
      for (int i = 0; i < count; i++) {
        in.add(part.get(INT, (long) i * Integer.BYTES));
      }
      done += count;
    }
    if (header.has(ZFileHeader.DIGEST) && crc.value() != header.indexCrc()) {
      throw new FormatException(
          layer,
          "ZFile index",
          header.indexOffset(),
          String.format("checksum is 0x%08x, expected 0x%08x", crc.value(), header.indexCrc()));
    }
    return in.finish();
  }

  /** Collects entries; grows with what was really read, not with what a header promises. */
  private static final class IndexReader {
    private final ZFileHeader header;
    private final String layer;
    private final int shift;
    private final int least;
    private final int most;
    private long[] groups = new long[16];
    private char[] deltas = new char[256];
    private int count;
    private long at = ZFileHeader.BYTES;

    IndexReader(ZFileHeader header, Codec codec, String layer, int shift) {
      this.header = header;
      this.layer = layer;
      this.shift = shift;
      int crc = header.checksum() ? Integer.BYTES : 0;
      this.least = crc + 1;
      this.most = codec.bound(header.blockSize()) + crc;
    }

    void add(int entry) throws FormatException {
      if (entry < least || entry > most) {
        throw new FormatException(
            layer,
            "ZFile index",
            header.indexOffset() + (long) count * Integer.BYTES,
            "entry "
                + count
                + " says "
                + Integer.toUnsignedString(entry)
                + " bytes, possible are "
                + least
                + " to "
                + most);
      }
      place();
      at += entry;
      count++;
    }

    /** Notes that block {@code count} begins at {@code at}. */
    private void place() {
      int group = count >> shift;
      if (group == groups.length) {
        groups = Arrays.copyOf(groups, group + (group >> 1));
      }
      if (count == deltas.length) {
        deltas = Arrays.copyOf(deltas, count + (count >> 1));
      }
      if (count == group << shift) {
        groups[group] = at;
      }
      deltas[count] = (char) (at - groups[group]);
    }

    ZFileIndex finish() throws FormatException {
      if (at != header.indexOffset()) {
        throw new FormatException(
            layer,
            "ZFile index",
            header.indexOffset(),
            "blocks end at byte " + at + ", the index begins at " + header.indexOffset());
      }
      place();
      return new ZFileIndex(
          shift,
          Arrays.copyOf(groups, (count >> shift) + 1),
          Arrays.copyOf(deltas, count + 1),
          count);
    }
  }
}

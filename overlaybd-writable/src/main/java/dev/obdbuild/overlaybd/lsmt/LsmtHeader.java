package dev.obdbuild.overlaybd.lsmt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The block at the start and the end of a layer file. {@code indexRecords} counts padding records
 * too.
 */
record LsmtHeader(
    int flags,
    long indexOffset,
    long indexRecords,
    long virtualSize,
    String uuid,
    String parentUuid,
    String userTag) {

  static final int HEADER = 1;
  static final int DATA_FILE = 2;
  static final int SEALED = 4;
  static final int SPARSE = 16;

  /** 4 PiB; larger devices are refused. */
  static final long MAX_VIRTUAL_SIZE = 1L << 52;

  static final int VIRTUAL_SIZE_AT = 48;

  private static final long MAGIC0 = 0x0002_0100_544D_534CL;
  private static final byte[] MAGIC1 = {
    0x65,
    0x7E,
    0x63,
    (byte) 0xD2,
    (byte) 0x94,
    0x44,
    0x08,
    0x4C,
    (byte) 0xA2,
    (byte) 0xD2,
    (byte) 0xC8,
    (byte) 0xEC,
    0x4F,
    (byte) 0xCF,
    (byte) 0xAE,
    (byte) 0x8A
  };
  private static final int STRUCT_SIZE = 390;
  private static final int UUID_WIDTH = 37;
  private static final int USER_TAG_WIDTH = 256;

  /** A header whose index fields are zero, as all headers have them. */
  static LsmtHeader plain(int flags, long virtualSize, LayerIdentity identity) {
    return new LsmtHeader(flags, 0, 0, virtualSize, identity.uuid(), identity.parentUuid(), "");
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  MemorySegment encode() {
    ByteBuffer out = ByteBuffer.allocate(Sectors.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC0).put(MAGIC1).putInt(STRUCT_SIZE).putInt(flags);
    out.putLong(indexOffset).putLong(indexRecords).putLong(virtualSize);
    out.put(56, uuid.getBytes(ISO_8859_1)).put(93, parentUuid.getBytes(ISO_8859_1));
    out.put(132, (byte) 1).put(133, (byte) 1);
    out.put(134, userTag.getBytes(ISO_8859_1));
    return MemorySegment.ofArray(out.array());
  }

  /** Reads and checks the magics; what the flags must be is the caller's matter. */
  static LsmtHeader read(BlockFile file, long offset, String layer, String structure)
      throws IOException {
    if (offset < 0 || file.size() - offset < Sectors.HEADER_BYTES) {
      throw new FormatException(
          layer,
          structure,
          Math.max(0, offset),
          "needs 4096 bytes, the layer is " + file.size() + " bytes long");
    }
    byte[] bytes = new byte[Sectors.HEADER_BYTES];
    file.read(offset, MemorySegment.ofArray(bytes));
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getLong(0) != MAGIC0) {
      throw new FormatException(
          layer,
          structure,
          offset,
          String.format("magic is 0x%016x, expected 0x%016x", in.getLong(0), MAGIC0));
    }
    if (!Arrays.equals(bytes, 8, 24, MAGIC1, 0, 16)) {
      throw new FormatException(
          layer,
          structure,
          offset + 8,
          String.format(
              "second magic starts 0x%016x, expected 0x%016x",
              in.getLong(8), ByteBuffer.wrap(MAGIC1).order(ByteOrder.LITTLE_ENDIAN).getLong()));
    }
    return new LsmtHeader(
        in.getInt(28),
        in.getLong(32),
        in.getLong(40),
        in.getLong(48),
        text(bytes, 56, UUID_WIDTH),
        text(bytes, 93, UUID_WIDTH),
        text(bytes, 134, USER_TAG_WIDTH));
  }

  private static String text(byte[] bytes, int offset, int width) {
    int end = offset;
    while (end < offset + width && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, ISO_8859_1);
  }

  /** Refuses a header whose masked flags are not the expected ones. */
  void requireFlags(int mask, int expected, String layer, String structure, long offset)
      throws FormatException {
    if ((flags & mask) != expected) {
      throw new FormatException(
          layer,
          structure,
          offset + 28,
          String.format(
              "flags are 0x%02x, expected 0x%02x in the bits 0x%02x", flags, expected, mask));
    }
  }
}

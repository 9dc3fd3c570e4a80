package dev.obdbuild.overlaybd.zfile;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The 512 bytes at both ends of a ZFile. */
record ZFileHeader(
    long flags,
    long indexOffset,
    long indexEntries,
    long originalSize,
    int indexCrc,
    int blockSize,
    int codec,
    int dictSize,
    boolean checksum) {

  static final int BYTES = 512;

  static final int HEADER = 1;
  static final int DATA_FILE = 2;
  static final int SEALED = 4;
  static final int FINAL_HEADER = 8;
  static final int DIGEST = 16;

  private static final long MAGIC0 = 0x0001_0065_6C69_465AL;
  private static final byte[] MAGIC1 =
      "tuji.yyf@Alibaba".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  private static final int MAGIC_BYTES = 24;
  private static final int STRUCT_SIZE = 96;
  private static final int DIGEST_AT = 28;

  /** Whether a file starts as a ZFile does; says nothing about the rest of it. */
  static boolean hasMagic(byte[] start) {
    return start.length >= MAGIC_BYTES
        && ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong(0) == MAGIC0
        && Arrays.equals(start, 8, 24, MAGIC1, 0, 16);
  }

  /** Where the last one in these bytes begins, or -1. */
  static int lastIn(byte[] bytes) {
    for (int at = bytes.length - BYTES; at >= 0; at--) {
      if (bytes[at] == (byte) MAGIC0 && hasMagic(Arrays.copyOfRange(bytes, at, at + MAGIC_BYTES))) {
        return at;
      }
    }
    return -1;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  MemorySegment encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC0).put(MAGIC1).putInt(STRUCT_SIZE).putInt(0).putLong(flags);
    out.putLong(indexOffset).putLong(indexEntries).putLong(originalSize).putInt(indexCrc).putInt(0);
    out.putInt(blockSize).put((byte) codec);
    out.putInt(84, dictSize).put(88, (byte) (checksum ? 1 : 0));
    MemorySegment bytes = MemorySegment.ofArray(out.array());
    out.putInt(DIGEST_AT, new RawCrc32c(0).of(bytes));
    return bytes;
  }

  /** A header and whether its digest is right or absent. */
  record Read(ZFileHeader header, int digest, int computed) {
    boolean trusted() {
      return !header.has(DIGEST) || digest == computed;
    }
  }

  static Read read(BlockFile file, long offset, String layer, String structure) throws IOException {
    if (offset < 0 || file.size() - offset < BYTES) {
      throw new FormatException(
          layer,
          structure,
          Math.max(0, offset),
          "needs 512 bytes, the file is " + file.size() + " bytes long");
    }
    byte[] bytes = new byte[BYTES];
    file.read(offset, MemorySegment.ofArray(bytes));
    if (!hasMagic(bytes)) {
      throw new FormatException(
          layer,
          structure,
          offset,
          "magic starts 0x" + java.util.HexFormat.of().formatHex(bytes, 0, 24));
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int digest = in.getInt(DIGEST_AT);
    in.putInt(DIGEST_AT, 0);
    ZFileHeader header =
        new ZFileHeader(
            in.getLong(32),
            in.getLong(40),
            in.getLong(48),
            in.getLong(56),
            in.getInt(64),
            in.getInt(72),
            bytes[76] & 0xFF,
            in.getInt(84),
            bytes[88] != 0);
    return new Read(header, digest, new RawCrc32c(0).of(MemorySegment.ofArray(bytes)));
  }

  /** Whether two blocks describe the same kind of blocks. */
  boolean sameKind(ZFileHeader other) {
    return blockSize == other.blockSize
        && codec == other.codec
        && dictSize == other.dictSize
        && checksum == other.checksum;
  }
}

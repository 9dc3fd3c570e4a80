package dev.obdbuild.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The fields of one header block of 512 bytes that has been read. */
final class HeaderBlock {
  private final byte[] block;
  private final long offset;
  private final TarInput in;

  HeaderBlock(byte[] block, long offset, TarInput in) {
    this.block = block;
    this.offset = offset;
    this.in = in;
  }

  long offset() {
    return offset;
  }

  byte[] bytes() {
    return block;
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  void verifyChecksum() throws MalformedTarException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < block.length; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    long stored = number(148, 8, "checksum");
    if (stored != unsigned && stored != signed) {
      throw in.malformed(
          offset,
          "the header's checksum is "
              + stored
              + ", its bytes sum up to "
              + unsigned
              + ": not a tar header");
    }
  }

  char type() {
    return (char) (block[156] & 0xff);
  }

  boolean isUstar() {
    return field(257, 6).equals("ustar");
  }

  boolean isGnu() {
    return new String(block, 257, 8, StandardCharsets.ISO_8859_1).equals("ustar  \0");
  }

  private boolean isStar() {
    return isUstar() && new String(block, 508, 4, StandardCharsets.ISO_8859_1).equals("tar\0");
  }

  /** Name with the prefix, where the format has one. */
  String name() {
    String name = field(0, 100);
    if (isGnu() || !isUstar()) {
      return name;
    }
    String prefix = field(345, isStar() ? 131 : 155);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String linkName() {
    return field(157, 100);
  }

  String userName() {
    return isUstar() || isGnu() ? field(265, 32) : "";
  }

  String groupName() {
    return isUstar() || isGnu() ? field(297, 32) : "";
  }

  /** Access time of a GNU header, if it has one. */
  Optional<TarTime> gnuAtime() throws MalformedTarException {
    return isGnu() && block[345] != 0
        ? Optional.of(new TarTime(number(345, 12, "atime"), 0))
        : Optional.empty();
  }

  /** Bytes up to the first NUL, one char each. */
  String field(int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.ISO_8859_1);
  }

  /** An octal number, or a big-endian binary one whose first bit is set. */
  long number(int at, int length, String what) throws MalformedTarException {
    if ((block[at] & 0x80) != 0) {
      return binary(at, length, what);
    }
    int i = at;
    int end = at + length;
    while (i < end && block[i] == ' ') {
      i++;
    }
    long value = 0;
    for (; i < end && block[i] != 0 && block[i] != ' '; i++) {
      int digit = block[i] - '0';
      if (digit < 0 || digit > 7) {
        throw in.malformed(
            offset + i,
            what
                + " has the byte 0x"
                + Integer.toHexString(block[i] & 0xff)
                + ", which is no octal digit");
      }
      value = value << 3 | digit;
    }
    return value;
  }

  private long binary(int at, int length, String what) throws MalformedTarException {
    boolean negative = (block[at] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = at; i < at + length; i++) {
      int b = block[i] & 0xff;
      if (i == at) {
        b = negative ? b | 0x80 : b & 0x7f;
      }
      if (value >> 55 != (negative ? -1 : 0)) {
        throw in.malformed(offset + at, what + " is a binary number of more than 63 bits");
      }
      value = value << 8 | b;
    }
    return value;
  }
}

package dev.obdbuild.overlaybd.tarwrap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.FormatException;
import dev.obdbuild.overlaybd.block.SliceFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Takes the one member out of a wrapped layer. */
public final class TarMember {
  private static final int BLOCK = 512;

  /** Far more than a size record needs. */
  private static final long MAX_PAX = 64 << 10;

  private TarMember() {}

  /**
   * Returns the payload if {@code file} is a tar, else {@code file} itself; closing the result
   * closes {@code file}.
   *
   * @throws FormatException if it is a tar whose member does not fit in it
   */
  public static BlockFile unwrap(BlockFile file, String name) throws IOException {
    if (file.size() < BLOCK) {
      return file;
    }
    byte[] first = block(file, 0);
    if (!UstarHeader.valid(first)) {
      return file;
    }
    if (first[156] != 'x') {
      return payload(file, BLOCK, size(first, 0, name), 124, name);
    }
    long paxSize = size(first, 0, name);
    if (paxSize < 0 || paxSize > MAX_PAX || paxSize > file.size() - 2 * BLOCK) {
      throw new FormatException(name, "tar header", 124, "pax header of " + paxSize + " bytes");
    }
    byte[] records = new byte[(int) paxSize];
    file.read(BLOCK, MemorySegment.ofArray(records));
    long base = BLOCK + ((paxSize + BLOCK - 1) & -BLOCK) + BLOCK;
    return payload(file, base, paxSize(records, name), BLOCK, name);
  }

  private static BlockFile payload(BlockFile file, long base, long size, long at, String name)
      throws IOException {
    if (base > file.size() || size < 0 || size > file.size() - base) {
      throw new FormatException(
          name,
          "tar member",
          at,
          size + " bytes from byte " + base + " on, the tar has " + file.size());
    }
    return new SliceFile(file, base, size, name);
  }

  private static byte[] block(BlockFile file, long at) throws IOException {
    byte[] bytes = new byte[BLOCK];
    file.read(at, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private static long size(byte[] header, long at, String name) throws FormatException {
    long size = UstarHeader.octal(header, 124, 12);
    if (size < 0) {
      throw new FormatException(name, "tar header", at + 124, "size is not an octal number");
    }
    return size;
  }

  /**
   * The value of the size record; every record is "length key=value\n" and the length counts all of
   * it.
   */
  private static long paxSize(byte[] records, String name) throws FormatException {
    String text = new String(records, US_ASCII);
    long size = -1;
    for (int at = 0; at < text.length(); ) {
      int blank = text.indexOf(' ', at);
      long length = blank < 0 ? -1 : number(text.substring(at, blank));
      if (length <= blank - at || length > text.length() - at) {
        throw new FormatException(
            name, "pax record", BLOCK + (long) at, "length " + length + " is impossible");
      }
      String record = text.substring(blank + 1, at + (int) length);
      if (record.startsWith("size=")) {
        size = number(record.substring(5).stripTrailing());
      }
      at += (int) length;
    }
    if (size < 0) {
      throw new FormatException(
          name, "pax record", BLOCK, "no size in " + records.length + " bytes");
    }
    return size;
  }

  private static long number(String digits) {
    boolean decimal =
        !digits.isEmpty()
            && digits.length() <= 18
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return decimal ? Long.parseLong(digits) : -1;
  }
}

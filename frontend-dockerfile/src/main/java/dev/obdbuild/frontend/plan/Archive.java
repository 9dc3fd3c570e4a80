package dev.obdbuild.frontend.plan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Tells archives from other files by how they begin. */
final class Archive {
  /** How many bytes tell. */
  static final int HEAD = 1024;

  private static final List<byte[]> COMPRESSED =
      List.of(
          new byte[] {0x42, 0x5A, 0x68},
          new byte[] {0x1F, (byte) 0x8B, 0x08},
          new byte[] {(byte) 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00});
  private static final int BLOCK = 512;
  private static final int SUM_FROM = 148;
  private static final int SUM_TO = 156;

  private Archive() {}

  /** Whether a file that begins like this is a tar, or compressed with bzip2, gzip or xz. */
  static boolean isArchive(byte[] head) {
    return COMPRESSED.stream().anyMatch(magic -> startsWith(head, magic)) || isTar(head);
  }

  private static boolean startsWith(byte[] head, byte[] magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  /** A header's sum counts its own field as blanks; old writers summed signed bytes. */
  private static boolean isTar(byte[] head) {
    if (head.length < BLOCK) {
      return false;
    }
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte value = i >= SUM_FROM && i < SUM_TO ? (byte) ' ' : head[i];
      unsigned += value & 0xFF;
      signed += value;
    }
    String text =
        new String(head, SUM_FROM, SUM_TO - SUM_FROM, StandardCharsets.ISO_8859_1)
            .replace('\0', ' ')
            .strip();
    if (!text.matches("[0-7]{1,8}")) {
      return false;
    }
    long sum = Long.parseLong(text, 8);
    return sum == unsigned || sum == signed;
  }
}

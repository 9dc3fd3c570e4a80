package dev.obdbuild.overlaybd.tarwrap;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The few fields of a tar header that matter here. */
final class UstarHeader {
  private UstarHeader() {}

  /** Sum of the 512 bytes with the checksum field as blanks. */
  static int checksum(byte[] bytes, int at) {
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : bytes[at + i] & 0xFF;
    }
    return sum;
  }

  static boolean valid(byte[] bytes) {
    return new String(bytes, 257, 5, US_ASCII).equals("ustar")
        && bytes[263] == '0'
        && bytes[264] == '0'
        && octal(bytes, 148, 8) == checksum(bytes, 0);
  }

  /** The number of an octal field, or -1 if it is none. */
  static long octal(byte[] bytes, int at, int width) {
    String text = new String(bytes, at, width, US_ASCII);
    int nul = text.indexOf('\0');
    String digits = (nul < 0 ? text : text.substring(0, nul)).trim();
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
      return -1;
    }
    return Long.parseLong(digits, 8);
  }
}

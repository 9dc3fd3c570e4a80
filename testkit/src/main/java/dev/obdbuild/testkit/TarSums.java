package dev.obdbuild.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The sums in the headers of a tar archive, which nobody guesses: for archives made at random. */
public final class TarSums {
  private static final int BLOCK = 512;
  private static final int SUM = 148;
  private static final int SUM_END = 156;

  private TarSums() {}

  /** A copy with the right sum in each block that ends one as headers do, by NUL and blank. */
  public static byte[] right(byte[] archive) {
    byte[] tar = archive.clone();
    for (int at = 0; at + BLOCK <= tar.length; at += BLOCK) {
      if (tar[at + SUM_END - 2] != 0 || tar[at + SUM_END - 1] != ' ') {
        continue;
      }
      int sum = 0;
      for (int i = 0; i < BLOCK; i++) {
        sum += i >= SUM && i < SUM_END ? ' ' : tar[at + i] & 0xff;
      }
      System.arraycopy(String.format("%06o", sum).getBytes(US_ASCII), 0, tar, at + SUM, 6);
    }
    return tar;
  }
}

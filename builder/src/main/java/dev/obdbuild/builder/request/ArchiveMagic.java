package dev.obdbuild.builder.request;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Tells archives from Dockerfiles by their first bytes. */
final class ArchiveMagic {

  /** How many bytes to look at. */
  static final int BYTES = 512;

  private static final int TAR_MAGIC = 257;
  private static final int TAR_CHECKSUM = 148;
  private static final int TAR_CHECKSUM_LENGTH = 8;

  /** gzip, bzip2, xz, zstd. */
  private static final List<byte[]> COMPRESSED =
      List.of(
          HexFormat.of().parseHex("1f8b08"),
          HexFormat.of().parseHex("425a68"),
          HexFormat.of().parseHex("fd377a585a00"),
          HexFormat.of().parseHex("28b52ffd"));

  private ArchiveMagic() {}

  /** Whether something that begins so is a tar archive, compressed or not. */
  static boolean isArchive(byte[] first) {
    return COMPRESSED.stream().anyMatch(magic -> isAt(first, 0, magic))
        || isAt(first, TAR_MAGIC, "ustar".getBytes(StandardCharsets.US_ASCII))
        || first.length == BYTES && isOldTar(first);
  }

  private static boolean isAt(byte[] bytes, int at, byte[] magic) {
    return bytes.length >= at + magic.length
        && Arrays.equals(bytes, at, at + magic.length, magic, 0, magic.length);
  }

  /** Archives older than {@code ustar} have nothing but their checksum. */
  private static boolean isOldTar(byte[] header) {
    int sum = 0;
    for (int at = 0; at < BYTES; at++) {
      boolean own = at >= TAR_CHECKSUM && at < TAR_CHECKSUM + TAR_CHECKSUM_LENGTH;
      sum += own ? ' ' : header[at] & 0xff;
    }
    String said =
        new String(header, TAR_CHECKSUM, TAR_CHECKSUM_LENGTH, StandardCharsets.US_ASCII)
            .replace('\0', ' ')
            .strip();
    return said.matches("[0-7]{1,7}") && Integer.parseInt(said, 8) == sum;
  }
}

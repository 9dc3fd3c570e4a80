package dev.obdbuild.worker.source.http;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A hash over a file and some bytes behind it, as signatures are made over.
 *
 * @param algorithm {@code sha256}, {@code sha384} or {@code sha512}
 * @param suffix at most 4 KiB; owned by the record: do not change it
 */
@SuppressWarnings("ArrayRecordComponent")
public record SuffixedHash(String algorithm, byte[] suffix) {

  private static final int LARGEST = 4 << 10;

  /**
   * @throws IllegalArgumentException naming what is wrong
   */
  public SuffixedHash {
    if (suffix.length > LARGEST) {
      throw new IllegalArgumentException(
          "http checksum request suffix exceeds max size " + LARGEST);
    }
  }

  /** The hash for a file. */
  public Digest of(Path file) throws IOException {
    MessageDigest hash = Digest.newHashOf(algorithm);
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), hash)) {
      var _ = in.transferTo(out);
    }
    hash.update(suffix);
    return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
  }
}

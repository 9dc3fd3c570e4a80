package dev.obdbuild.worker.source.http;

import dev.obdbuild.llb.SourceAttr;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.worker.signature.BadSignatureException;
import dev.obdbuild.worker.signature.PgpSignature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A detached signature of OpenPGP that a file must have.
 *
 * @param keys certificates in armour, one of which must have made it
 * @param armour the signature
 */
public record FileSignature(String keys, String armour) {

  /**
   * What a source says of a signature.
   *
   * @throws IOException when it says half of it
   */
  static Optional<FileSignature> of(SourceOp op) throws IOException {
    String keys = op.attrs().getOrDefault(SourceAttr.HTTP_SIG_PUBKEY, "");
    String armour = op.attrs().getOrDefault(SourceAttr.HTTP_SIG_SIGNATURE, "");
    if (keys.isEmpty() != armour.isEmpty()) {
      throw new IOException("http signature verification requires both pubkey and signature");
    }
    return keys.isEmpty() ? Optional.empty() : Optional.of(new FileSignature(keys, armour));
  }

  /** Verifies it over a file. */
  public void verify(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      PgpSignature.parse(armour).verify(in, keys, false);
    } catch (BadSignatureException e) {
      throw new IOException("failed to verify pgp signature: " + e.getMessage(), e);
    }
  }
}

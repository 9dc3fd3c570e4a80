package dev.obdbuild.worker.signature;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * A detached OpenPGP signature in armour (RFC 9580). What a key must be and which algorithms count
 * is BuildKit's rule: SHA-2, and RSA, ECDSA or EdDSA.
 */
public final class PgpSignature {

  /** First line of the armour. */
  public static final String BEGIN = "-----BEGIN PGP SIGNATURE-----";

  private static final int BUFFER = 1 << 16;

  /** How far a clock may be behind that of the signer. */
  private static final Duration FUTURE = Duration.ofMinutes(5);

  private final List<PGPSignature> all;

  private PgpSignature(List<PGPSignature> all) {
    this.all = all;
  }

  /** The signature in an armour, or several of the same thing. */
  public static PgpSignature parse(String armoured) throws BadSignatureException {
    List<PGPSignature> found = new ArrayList<>();
    try (ArmoredInputStream in =
        new ArmoredInputStream(
            new ByteArrayInputStream(armoured.getBytes(StandardCharsets.UTF_8)))) {
      if (in.getArmorHeaderLine() == null) {
        throw new BadSignatureException("failed to decode armored signature: it has no armour");
      }
      BcPGPObjectFactory packets = new BcPGPObjectFactory(in);
      for (Object packet = packets.nextObject(); packet != null; packet = packets.nextObject()) {
        if (packet instanceof PGPSignatureList list) {
          list.forEach(found::add);
        }
      }
    } catch (BadSignatureException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library tells of malformed packets in either way.
      throw new BadSignatureException("failed to decode armored signature: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new BadSignatureException("no signature packet found");
    }
    return new PgpSignature(found);
  }

  /**
   * Verifies that one of some keys made it. A key that was revoked since is none; one that has
   * expired since is, unless it is to be rejected.
   *
   * @param message read to its end, not closed
   * @param keys certificates, each in its armour
   * @throws BadSignatureException when it does not prove what it should
   * @throws IOException when the message cannot be read
   */
  public void verify(InputStream message, String keys, boolean rejectExpired) throws IOException {
    List<PgpCertificate> certificates = PgpCertificate.readAll(keys);
    PGPSignature first = all.getFirst();
    Instant now = Instant.now();
    Instant when = rejectExpired ? now : first.getCreationTime().toInstant();
    checkAlgorithms(first);
    for (PGPSignature signature : all) {
      if (signature.getKeyID() == 0) {
        throw new BadSignatureException("signature doesn't have an issuer");
      }
      List<PgpCertificate.Signer> signers =
          certificates.stream().flatMap(it -> it.signers(signature.getKeyID())).toList();
      if (!signers.isEmpty()) {
        checkAlgorithms(signature);
        try {
          verify(signature, message, signers).check(signature, when);
        } catch (BadSignatureException e) {
          throw by(signature, e);
        }
        if (first.getCreationTime().toInstant().isAfter(now.plus(FUTURE))) {
          throw new BadSignatureException(
              "signature creation time is in the future: " + first.getCreationTime().toInstant());
        }
        return;
      }
    }
    throw by(first, new BadSignatureException("signature made by unknown entity"));
  }

  private static BadSignatureException by(PGPSignature signature, BadSignatureException e) {
    return new BadSignatureException(
        "signature by %s: %s"
            .formatted(
                Long.toHexString(signature.getKeyID()).toUpperCase(Locale.ROOT), e.getMessage()),
        e);
  }

  /** The one of the keys by which it was made; they differ only when key ids collide. */
  private static PgpCertificate.Signer verify(
      PGPSignature signature, InputStream message, List<PgpCertificate.Signer> signers)
      throws IOException {
    int type = signature.getSignatureType();
    if (type != PGPSignature.BINARY_DOCUMENT && type != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
      throw new BadSignatureException("unsupported signature type " + type);
    }
    if (signers.size() > 1) {
      throw new BadSignatureException("several keys have its issuer's id");
    }
    PgpCertificate.Signer signer = signers.getFirst();
    if (signer.key().getAlgorithm() != signature.getKeyAlgorithm()) {
      throw new BadSignatureException("public key and signature use different algorithms");
    }
    try {
      signature.init(new BcPGPContentVerifierBuilderProvider(), signer.key());
      byte[] buffer = new byte[BUFFER];
      for (int n = message.read(buffer); n >= 0; n = message.read(buffer)) {
        signature.update(buffer, 0, n);
      }
      if (signature.verify()) {
        return signer;
      }
    } catch (PGPException | RuntimeException e) {
      throw new BadSignatureException("invalid signature: " + e.getMessage(), e);
    }
    throw new BadSignatureException("invalid signature: it was not made over this");
  }

  private static void checkAlgorithms(PGPSignature signature) throws BadSignatureException {
    switch (signature.getHashAlgorithm()) {
      case HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512 -> {}
      default ->
          throw new BadSignatureException(
              "rejecting weak/unknown hash: " + signature.getHashAlgorithm());
    }
    int algorithm = signature.getKeyAlgorithm();
    if (algorithm != PublicKeyAlgorithmTags.EDDSA_LEGACY
        && algorithm != PublicKeyAlgorithmTags.ECDSA
        && !SelfSignature.isRsa(algorithm)) {
      throw new BadSignatureException("rejecting unsupported pubkey algorithm: " + algorithm);
    }
  }
}

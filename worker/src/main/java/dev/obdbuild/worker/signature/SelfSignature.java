package dev.obdbuild.worker.signature;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.bcpg.sig.NotationData;
import org.bouncycastle.bcpg.sig.RevocationReason;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/** What a signature says of itself and of the key it is over; its hashed part only. */
record SelfSignature(PGPSignature packet) {

  private static final int COMPROMISED = 2;

  /** RSA that only signs; keys of today are for everything. */
  private static final int RSA_SIGN_ONLY = 3;

  /** Asks the library whether a signature is over something. */
  @FunctionalInterface
  interface Over {
    boolean holds(PGPSignature signature) throws PGPException;
  }

  /** Whether a key made a signature over something. */
  static boolean isOver(PGPPublicKey key, PGPSignature signature, Over what) throws PGPException {
    signature.init(new BcPGPContentVerifierBuilderProvider(), key);
    return what.holds(signature);
  }

  private PGPSignatureSubpacketVector hashed() {
    return packet.getHashedSubPackets();
  }

  Instant created() {
    return packet.getCreationTime().toInstant();
  }

  boolean isOlderThan(PGPSignature other) {
    return created().isBefore(other.getCreationTime().toInstant());
  }

  boolean isPrimary() {
    return hashed().isPrimaryUserID();
  }

  /** Whether the key is said to be for signing; one that says nothing is for nothing. */
  boolean maySign() {
    return hashed().hasSubpacket(SignatureSubpacketTags.KEY_FLAGS)
        && (hashed().getKeyFlags() & KeyFlags.SIGN_DATA) != 0;
  }

  /** Whether this is a primary key's over its subkey, which must agree when it is for signing. */
  boolean binds(PGPPublicKey primary, PGPPublicKey subkey) throws PGPException {
    if (!isOver(primary, packet, s -> s.verifyCertification(primary, subkey))) {
      return false;
    }
    Optional<SelfSignature> back = back();
    return back.isPresent()
        ? isOver(subkey, back.get().packet(), s -> s.verifyCertification(primary, subkey))
        : !maySign();
  }

  /** The subkey's own signature over its primary key. */
  Optional<SelfSignature> back() {
    List<PGPSignature> embedded = new ArrayList<>();
    try {
      hashed().getEmbeddedSignatures().forEach(embedded::add);
      // Its place does not matter: it is a signature itself.
      packet.getUnhashedSubPackets().getEmbeddedSignatures().forEach(embedded::add);
    } catch (PGPException e) {
      throw new IllegalArgumentException(e);
    }
    return embedded.stream()
        .filter(it -> it.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING)
        .findFirst()
        .map(SelfSignature::new);
  }

  /** Notations that must be understood; we understand none. */
  void checkNotations() throws BadSignatureException {
    for (NotationData notation : hashed().getNotationDataOccurrences()) {
      if (notation.isCritical()) {
        throw new BadSignatureException("unknown critical notation: " + notation.getNotationName());
      }
    }
  }

  /** Whether the signature is not valid at a time, not yet or no longer. */
  boolean hasExpired(Instant when) {
    return isOutside(created(), hashed().getSignatureExpirationTime(), when);
  }

  /** Whether the key that it is over is not valid at a time, not yet or no longer. */
  boolean keyHasExpired(PGPPublicKey key, Instant when) {
    return isOutside(key.getCreationTime().toInstant(), hashed().getKeyExpirationTime(), when);
  }

  private static boolean isOutside(Instant created, long seconds, Instant when) {
    return created.getEpochSecond() > when.getEpochSecond()
        || (seconds != 0 && when.getEpochSecond() > created.getEpochSecond() + seconds);
  }

  /** Whether an algorithm is RSA, in today's way of saying it or in an older one. */
  static boolean isRsa(int algorithm) {
    return algorithm == PublicKeyAlgorithmTags.RSA_GENERAL || algorithm == RSA_SIGN_ONLY;
  }

  static boolean isForCompromise(PGPSignature revocation) {
    @Nullable RevocationReason reason = revocation.getHashedSubPackets().getRevocationReason();
    return reason != null && reason.getRevocationReason() == COMPROMISED;
  }

  /** What the revocation says of its reason; may be empty. */
  static String reason(PGPSignature revocation) {
    @Nullable RevocationReason reason = revocation.getHashedSubPackets().getRevocationReason();
    return reason == null ? "" : reason.getRevocationDescription();
  }
}

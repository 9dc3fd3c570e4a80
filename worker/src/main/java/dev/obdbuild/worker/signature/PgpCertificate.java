package dev.obdbuild.worker.signature;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.jspecify.annotations.Nullable;

/**
 * A primary key with what it says of itself: its user ids and its subkeys. Only what the primary
 * key itself has signed counts, and a signature of its own that is wrong makes all of it worthless.
 */
final class PgpCertificate {

  private static final String BEGIN = "-----BEGIN PGP ";
  private static final int LEAST_RSA_BITS = 2048;

  private final PGPPublicKey primary;
  private final Identity identity;
  private final List<PGPSignature> revocations;
  private final List<Subkey> subkeys;

  /** A user id, with the newest of the primary key's signatures over it. */
  private record Identity(SelfSignature self, List<PGPSignature> revocations) {}

  private record Subkey(PGPPublicKey key, SelfSignature binding, List<PGPSignature> revocations) {}

  private PgpCertificate(PGPPublicKeyRing ring) throws BadSignatureException {
    try {
      this.primary = ring.getPublicKey();
      this.identity = identity(primary);
      this.revocations = list(primary.getSignaturesOfType(PGPSignature.KEY_REVOCATION));
      for (PGPSignature revocation : revocations) {
        if (!SelfSignature.isOver(primary, revocation, s -> s.verifyCertification(primary))) {
          throw new BadSignatureException("revocation signature signed by alternate key");
        }
      }
      this.subkeys = subkeys(ring);
    } catch (PGPException | RuntimeException e) {
      // The library tells of malformed packets in either way.
      throw new BadSignatureException("failed to read armored public key: " + e.getMessage(), e);
    }
  }

  /** All certificates of some armours, one behind the other. */
  static List<PgpCertificate> readAll(String armoured) throws BadSignatureException {
    List<PgpCertificate> all = new ArrayList<>();
    int next;
    for (int at = armoured.indexOf(BEGIN); at >= 0; at = next) {
      next = armoured.indexOf(BEGIN, at + 1);
      read(armoured.substring(at, next < 0 ? armoured.length() : next), all);
    }
    if (all.isEmpty()) {
      throw new BadSignatureException("failed to read armored public key: no armored data found");
    }
    return all;
  }

  private static void read(String armour, List<PgpCertificate> to) throws BadSignatureException {
    String head = armour.lines().findFirst().orElse("").strip();
    if (!head.equals("-----BEGIN PGP PUBLIC KEY BLOCK-----")
        && !head.equals("-----BEGIN PGP PRIVATE KEY BLOCK-----")) {
      throw new BadSignatureException("expected public or private key block, got: " + head);
    }
    try (ArmoredInputStream in =
        new ArmoredInputStream(new ByteArrayInputStream(armour.getBytes(StandardCharsets.UTF_8)))) {
      BcPGPObjectFactory packets = new BcPGPObjectFactory(in);
      for (Object packet = packets.nextObject(); packet != null; packet = packets.nextObject()) {
        if (packet instanceof PGPPublicKeyRing ring) {
          to.add(new PgpCertificate(ring));
        } else if (packet instanceof PGPSecretKeyRing ring) {
          to.add(new PgpCertificate(ring.toCertificate()));
        }
      }
    } catch (BadSignatureException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new BadSignatureException("failed to read armored public key: " + e.getMessage(), e);
    }
  }

  /** The user id that is not revoked, or says it is the primary one, or is the newest. */
  private static Identity identity(PGPPublicKey primary)
      throws BadSignatureException, PGPException {
    List<Identity> all = new ArrayList<>();
    for (byte[] id : list(primary.getRawUserIDs())) {
      @Nullable SelfSignature newest = null;
      List<PGPSignature> revocations = new ArrayList<>();
      for (PGPSignature signature : list(primary.getSignaturesForID(id))) {
        if (signature.getKeyID() != primary.getKeyID()) {
          continue;
        }
        if (!SelfSignature.isOver(primary, signature, s -> s.verifyCertification(id, primary))) {
          throw new BadSignatureException(
              "user ID self-signature invalid: " + new String(id, StandardCharsets.UTF_8));
        }
        if (signature.getSignatureType() == PGPSignature.CERTIFICATION_REVOCATION) {
          revocations.add(signature);
        } else if (newest == null || newest.isOlderThan(signature)) {
          newest = new SelfSignature(signature);
        }
      }
      if (newest != null) {
        all.add(new Identity(newest, revocations));
      }
    }
    return all.stream()
        .min(
            Comparator.comparingInt((Identity it) -> it.revocations().size())
                .thenComparing(it -> !it.self().isPrimary())
                .thenComparing(it -> it.self().created(), Comparator.reverseOrder()))
        .orElseThrow(() -> new BadSignatureException("entity without any identities"));
  }

  private static List<Subkey> subkeys(PGPPublicKeyRing ring)
      throws BadSignatureException, PGPException {
    PGPPublicKey primary = ring.getPublicKey();
    List<Subkey> all = new ArrayList<>();
    for (PGPPublicKey key : ring) {
      if (key.getKeyID() == primary.getKeyID()) {
        continue;
      }
      @Nullable SelfSignature newest = null;
      for (PGPSignature binding : list(key.getSignaturesOfType(PGPSignature.SUBKEY_BINDING))) {
        SelfSignature bound = new SelfSignature(binding);
        if (!bound.binds(primary, key)) {
          throw new BadSignatureException(
              "subkey signature invalid: " + Long.toHexString(key.getKeyID()));
        }
        if (newest == null || newest.isOlderThan(binding)) {
          newest = bound;
        }
      }
      if (newest == null) {
        throw new BadSignatureException("subkey packet not followed by signature");
      }
      List<PGPSignature> revocations =
          list(key.getSignaturesOfType(PGPSignature.SUBKEY_REVOCATION));
      for (PGPSignature revocation : revocations) {
        if (!SelfSignature.isOver(primary, revocation, s -> s.verifyCertification(primary, key))) {
          throw new BadSignatureException(
              "subkey signature invalid: " + Long.toHexString(key.getKeyID()));
        }
      }
      all.add(new Subkey(key, newest, revocations));
    }
    return all;
  }

  private static <T> List<T> list(Iterator<T> some) {
    List<T> all = new ArrayList<>();
    some.forEachRemaining(all::add);
    return all;
  }

  /** The keys of that id that may sign. */
  Stream<Signer> signers(long id) {
    Stream<Signer> own =
        primary.getKeyID() == id && identity.self().maySign()
            ? Stream.of(new Signer(primary, Optional.empty()))
            : Stream.empty();
    return Stream.concat(
        own,
        subkeys.stream()
            .filter(it -> it.key().getKeyID() == id && it.binding().maySign())
            .map(it -> new Signer(it.key(), Optional.of(it))));
  }

  /** A key of this certificate that may sign. */
  final class Signer {
    private final PGPPublicKey key;
    private final Optional<Subkey> subkey;

    private Signer(PGPPublicKey key, Optional<Subkey> subkey) {
      this.key = key;
      this.subkey = subkey;
    }

    PGPPublicKey key() {
      return key;
    }

    /** Checks that the key was good at a time, for a signature that is the key's. */
    void check(PGPSignature signature, Instant when) throws BadSignatureException {
      List<SelfSignature> all = new ArrayList<>();
      all.add(new SelfSignature(signature));
      all.add(identity.self());
      if (subkey.isPresent()) {
        all.add(subkey.get().binding());
        subkey.get().binding().back().ifPresent(all::add);
      }
      for (SelfSignature each : all) {
        each.checkNotations();
      }
      if (isRevoked(revocations, when)
          || isRevoked(subkey.map(Subkey::revocations).orElse(List.of()), when)
          || isRevoked(identity.revocations(), when)) {
        throw new BadSignatureException("signature made by revoked key");
      }
      if (identity.self().keyHasExpired(primary, when)
          || subkey.map(it -> it.binding().keyHasExpired(it.key(), when)).orElse(false)) {
        throw new BadSignatureException("key expired");
      }
      if (all.stream().anyMatch(each -> each.hasExpired(when))) {
        throw new BadSignatureException("signature expired");
      }
      // Revoked later is revoked all the same.
      if (!revocations.isEmpty()) {
        String why = SelfSignature.reason(revocations.getFirst());
        throw new BadSignatureException("key revoked" + (why.isEmpty() ? "" : ": " + why));
      }
      if (SelfSignature.isRsa(primary.getAlgorithm())
          && primary.getBitStrength() < LEAST_RSA_BITS) {
        throw new BadSignatureException("RSA key too short: " + primary.getBitStrength() + " bits");
      }
    }

    /** From the revocation on; ever, when the key is in wrong hands. */
    private static boolean isRevoked(List<PGPSignature> revocations, Instant when) {
      return revocations.stream()
          .anyMatch(
              it -> SelfSignature.isForCompromise(it) || !new SelfSignature(it).hasExpired(when));
    }
  }
}

package dev.obdbuild.worker.source.git;

import dev.obdbuild.worker.signature.BadSignatureException;
import dev.obdbuild.worker.signature.PgpSignature;
import dev.obdbuild.worker.signature.SshSignature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A commit or a tag, and the signature in it: a commit's is a header, {@code gpgsig}, whose further
 * lines begin with a blank; a tag's is the end of its message. What is signed is the object without
 * it.
 */
final class SignedObject {

  /** What signatures over git objects are for. */
  private static final String NAMESPACE = "git";

  private static final Set<String> OF_COMMIT = Set.of("tree", "author", "committer");
  private static final Set<String> OF_TAG = Set.of("object", "type", "tag", "tagger");
  private static final List<String> HEADERS = List.of("gpgsig ", "gpgsig-sha256 ");

  private final String type;
  private final byte[] raw;
  private final List<String> signed = new ArrayList<>();
  private final List<String> signature = new ArrayList<>();
  private final Set<String> headers = new HashSet<>();

  private SignedObject(String type, byte[] raw) {
    this.type = type;
    this.raw = raw;
  }

  /** A commit as git stores it. */
  static SignedObject commit(byte[] raw) throws BadSignatureException {
    SignedObject object = new SignedObject("commit", raw);
    object.readCommit();
    object.check(OF_COMMIT);
    return object;
  }

  /** An annotated tag as git stores it. */
  static SignedObject tag(byte[] raw) throws BadSignatureException {
    SignedObject object = new SignedObject("tag", raw);
    object.readTag();
    object.check(OF_TAG);
    return object;
  }

  /** Bytes as they are: one character each. */
  private String[] lines() {
    return new String(raw, StandardCharsets.ISO_8859_1).split("\n", -1);
  }

  private void readCommit() {
    boolean inHeaders = true;
    boolean inSignature = false;
    for (String line : lines()) {
      if (inHeaders && !line.isEmpty()) {
        if (HEADERS.stream().anyMatch(line::startsWith)) {
          signature.add(line.substring(line.indexOf(' ') + 1));
          inSignature = true;
          continue;
        }
        if (inSignature && line.startsWith(" ")) {
          signature.add(line.substring(1));
          continue;
        }
        inSignature = false;
        headers.add(line.split(" ", 2)[0]);
      } else {
        inHeaders = false;
      }
      signed.add(line);
    }
  }

  private void readTag() {
    boolean inHeaders = true;
    boolean inSignature = false;
    for (String line : lines()) {
      if (inHeaders) {
        inHeaders = !line.isEmpty();
        headers.add(line.split(" ", 2)[0]);
      } else if (line.equals(PgpSignature.BEGIN) || line.equals(SshSignature.BEGIN)) {
        inSignature = true;
      }
      (inSignature ? signature : signed).add(line);
    }
    // The last line of what is signed ends as the others do.
    signed.add("");
  }

  private void check(Set<String> required) throws BadSignatureException {
    for (String header : required.stream().sorted().toList()) {
      if (!headers.contains(header)) {
        throw new BadSignatureException(
            "invalid " + type + " object: missing " + header + " header");
      }
    }
  }

  /**
   * Verifies that this is the object of a name.
   *
   * @param name of 40 digits or of 64
   */
  void verifyName(String name) throws BadSignatureException {
    try {
      MessageDigest hash = MessageDigest.getInstance(name.length() == 64 ? "SHA-256" : "SHA-1");
      hash.update((type + " " + raw.length + "\0").getBytes(StandardCharsets.US_ASCII));
      String found = HexFormat.of().formatHex(hash.digest(raw));
      if (!found.equals(name)) {
        throw new BadSignatureException(
            "%s object checksum verification failed: checksum mismatch: expected %s, got %s"
                .formatted(type, name, found));
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Verifies that one of some keys signed it.
   *
   * @param keys certificates of OpenPGP, or a key of SSH, as the signature is of one or the other
   * @param rejectExpired whether a certificate must not have expired since
   */
  void verifySignature(String keys, boolean rejectExpired) throws IOException {
    String armour = String.join("\n", signature);
    byte[] message = String.join("\n", signed).getBytes(StandardCharsets.ISO_8859_1);
    if (armour.isEmpty()) {
      throw new BadSignatureException("git object is not signed");
    }
    if (armour.startsWith(PgpSignature.BEGIN)) {
      PgpSignature.parse(armour).verify(new ByteArrayInputStream(message), keys, rejectExpired);
    } else if (armour.startsWith(SshSignature.BEGIN)) {
      SshSignature.parse(armour).verify(message, NAMESPACE, keys);
    } else {
      throw new BadSignatureException("invalid signature format");
    }
  }
}

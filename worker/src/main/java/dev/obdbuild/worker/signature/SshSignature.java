package dev.obdbuild.worker.signature;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * A signature as {@code ssh-keygen -Y sign} makes it (OpenSSH's PROTOCOL.sshsig): in armour, the
 * fields
 *
 * <pre>
 * "SSHSIG"  version  public key  namespace  reserved  hash algorithm  signature
 * </pre>
 *
 * The key signs the first word, the namespace, what is reserved, the algorithm's name and the hash
 * of the message.
 */
public final class SshSignature {

  /** First line of the armour. */
  public static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";

  private static final String END = "-----END SSH SIGNATURE-----";
  private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;

  private final byte[] key;
  private final String namespace;
  private final byte[] reserved;
  private final String algorithm;
  private final byte[] signature;

  private SshSignature(
      byte[] key, String namespace, byte[] reserved, String algorithm, byte[] signature) {
    this.key = key;
    this.namespace = namespace;
    this.reserved = reserved;
    this.algorithm = algorithm;
    this.signature = signature;
  }

  /** The signature in an armour. */
  public static SshSignature parse(String armoured) throws BadSignatureException {
    int end = armoured.indexOf(END);
    if (!armoured.startsWith(BEGIN) || end < 0) {
      throw new BadSignatureException("failed to decode ssh signature PEM block");
    }
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(armoured.substring(BEGIN.length(), end).strip());
    } catch (IllegalArgumentException e) {
      throw new BadSignatureException("failed to decode ssh signature PEM block", e);
    }
    SshBytes fields = new SshBytes(bytes, "ssh signature");
    if (!Arrays.equals(fields.fixed(MAGIC.length), MAGIC)) {
      throw new BadSignatureException("failed to parse ssh signature: invalid magic preamble");
    }
    int version = fields.number();
    if (version != VERSION) {
      throw new BadSignatureException(
          "unsupported SSH signature version: " + Integer.toUnsignedString(version));
    }
    SshSignature parsed =
        new SshSignature(
            fields.string(), fields.text(), fields.string(), fields.text(), fields.string());
    fields.end();
    return parsed;
  }

  /**
   * Verifies that a key made it over a message.
   *
   * @param expected the namespace it must be for
   * @param keys lines of an {@code authorized_keys} file, of which the first key counts
   */
  public void verify(byte[] message, String expected, String keys) throws BadSignatureException {
    MessageDigest hash = hash();
    if (!namespace.equals(expected)) {
      throw new BadSignatureException("unexpected SSH signature namespace: \"" + namespace + "\"");
    }
    SshPublicKey trusted = SshPublicKey.firstOf(keys);
    if (!Arrays.equals(trusted.blob(), key)) {
      throw new BadSignatureException("failed to verify ssh signature: public key does not match");
    }
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    signed.writeBytes(MAGIC);
    signed.writeBytes(
        SshBytes.strings(
            namespace.getBytes(StandardCharsets.UTF_8),
            reserved,
            algorithm.getBytes(StandardCharsets.UTF_8),
            hash.digest(message)));
    if (!trusted.verifies(signed.toByteArray(), signature)) {
      throw new BadSignatureException(
          "failed to verify ssh signature: it was not made over this with key " + trusted.type());
    }
  }

  private MessageDigest hash() throws BadSignatureException {
    try {
      return switch (algorithm) {
        case "sha256" -> MessageDigest.getInstance("SHA-256");
        case "sha512" -> MessageDigest.getInstance("SHA-512");
        default ->
            throw new BadSignatureException(
                "unsupported SSH signature hash algorithm: " + algorithm);
      };
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

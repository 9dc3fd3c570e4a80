package dev.obdbuild.worker.signature;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Optional;

/**
 * A public key of SSH (RFC 4253, 5656, 8332, 8709; OpenSSH's PROTOCOL.u2f for keys on tokens).
 *
 * @param blob the key on the wire; owned by the record: do not change it
 */
@SuppressWarnings("ArrayRecordComponent")
record SshPublicKey(String type, byte[] blob, PublicKey key, Optional<byte[]> application) {

  private static final String ED25519 = "ssh-ed25519";
  private static final String ECDSA = "ecdsa-sha2-";
  private static final String RSA = "ssh-rsa";
  private static final String ED25519_TOKEN = "sk-ssh-ed25519@openssh.com";
  private static final String ECDSA_TOKEN = "sk-ecdsa-sha2-nistp256@openssh.com";
  private static final int LEAST_RSA_BITS = 1024;
  private static final int MOST_RSA_BITS = 16384;

  /** The first key of an {@code authorized_keys} file. */
  static SshPublicKey firstOf(String lines) throws BadSignatureException {
    for (String line : lines.lines().map(String::strip).toList()) {
      if (!line.isEmpty() && !line.startsWith("#")) {
        Optional<byte[]> blob = blob(line).or(() -> blob(withoutOptions(line)));
        if (blob.isPresent()) {
          return parse(blob.get());
        }
      }
    }
    throw new BadSignatureException("failed to parse ssh public key: ssh: no key found");
  }

  private static Optional<byte[]> blob(String line) {
    String[] fields = line.split("[ \t]+", 3);
    try {
      return fields.length < 2
          ? Optional.empty()
          : Optional.of(Base64.getDecoder().decode(fields[1])).filter(bytes -> bytes.length > 4);
    } catch (IllegalArgumentException e) {
      // No key stands here: the line begins with options.
      return Optional.empty();
    }
  }

  /** What stands before the key may hold blanks between quotes. */
  private static String withoutOptions(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
        quoted = !quoted;
      } else if (!quoted && (c == ' ' || c == '\t')) {
        return line.substring(i).strip();
      }
    }
    return "";
  }

  private static SshPublicKey parse(byte[] blob) throws BadSignatureException {
    SshBytes fields = new SshBytes(blob, "ssh public key");
    String type = fields.text();
    try {
      PublicKey key =
          switch (type) {
            case ED25519, ED25519_TOKEN -> ed25519(fields.string());
            case ECDSA + "nistp256", ECDSA + "nistp384", ECDSA + "nistp521", ECDSA_TOKEN ->
                ecdsa(fields.text(), fields.string());
            case RSA -> rsa(new BigInteger(fields.string()), new BigInteger(fields.string()));
            default ->
                throw new BadSignatureException(
                    "failed to parse ssh public key: unknown key algorithm: " + type);
          };
      Optional<byte[]> application =
          type.equals(ED25519_TOKEN) || type.equals(ECDSA_TOKEN)
              ? Optional.of(fields.string())
              : Optional.empty();
      fields.end();
      return new SshPublicKey(type, blob, key, application);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new BadSignatureException("failed to parse ssh public key: " + e.getMessage(), e);
    }
  }

  private static PublicKey ed25519(byte[] encoded)
      throws GeneralSecurityException, BadSignatureException {
    if (encoded.length != 32) {
      throw new BadSignatureException(
          "failed to parse ssh public key: an Ed25519 key of " + encoded.length + " bytes");
    }
    boolean odd = (encoded[31] & 0x80) != 0;
    byte[] y = new byte[32];
    for (int i = 0; i < 32; i++) {
      y[i] = encoded[31 - i];
    }
    y[0] &= 0x7f;
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(
            new EdECPublicKeySpec(
                NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, y))));
  }

  private static PublicKey ecdsa(String curve, byte[] point)
      throws GeneralSecurityException, BadSignatureException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(
        new ECGenParameterSpec(
            switch (curve) {
              case "nistp256" -> "secp256r1";
              case "nistp384" -> "secp384r1";
              case "nistp521" -> "secp521r1";
              default ->
                  throw new BadSignatureException(
                      "failed to parse ssh public key: unsupported curve " + curve);
            }));
    ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
    int size = (spec.getCurve().getField().getFieldSize() + 7) / 8;
    if (point.length != 1 + 2 * size || point[0] != 4) {
      throw new BadSignatureException(
          "failed to parse ssh public key: invalid point on curve " + curve);
    }
    ECPoint at =
        new ECPoint(new BigInteger(1, point, 1, size), new BigInteger(1, point, 1 + size, size));
    return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(at, spec));
  }

  private static PublicKey rsa(BigInteger exponent, BigInteger modulus)
      throws GeneralSecurityException, BadSignatureException {
    if (modulus.bitLength() < LEAST_RSA_BITS || modulus.bitLength() > MOST_RSA_BITS) {
      throw new BadSignatureException(
          "failed to parse ssh public key: an RSA key of " + modulus.bitLength() + " bits");
    }
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  /** Whether a signature on the wire is this key's over {@code message}. */
  boolean verifies(byte[] message, byte[] signature) throws BadSignatureException {
    SshBytes fields = new SshBytes(signature, "ssh signature");
    String format = fields.text();
    byte[] value = fields.string();
    try {
      byte[] signed = message;
      if (application.isPresent()) {
        signed = byToken(application.get(), message, fields.fixed(1 + Integer.BYTES));
      }
      fields.end();
      Signature verifier = Signature.getInstance(algorithm(format));
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(isEcdsa() ? der(value) : value);
    } catch (GeneralSecurityException e) {
      throw new BadSignatureException("failed to verify ssh signature: " + e.getMessage(), e);
    }
  }

  /** A token signs hashes, its flags and its counter. */
  private static byte[] byToken(byte[] application, byte[] message, byte[] flagsAndCounter)
      throws GeneralSecurityException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(hash.digest(application));
    all.writeBytes(flagsAndCounter);
    all.writeBytes(hash.digest(message));
    return all.toByteArray();
  }

  private boolean isEcdsa() {
    return key.getAlgorithm().equals("EC");
  }

  /** SHA-1 is no choice, as PROTOCOL.sshsig demands. */
  private String algorithm(String format) throws BadSignatureException {
    if (type.equals(RSA)) {
      return switch (format) {
        case "rsa-sha2-256" -> "SHA256withRSA";
        case "rsa-sha2-512" -> "SHA512withRSA";
        default -> throw mismatch(format);
      };
    }
    if (!format.equals(type)) {
      throw mismatch(format);
    }
    return switch (type) {
      case ED25519, ED25519_TOKEN -> "Ed25519";
      case ECDSA + "nistp384" -> "SHA384withECDSA";
      case ECDSA + "nistp521" -> "SHA512withECDSA";
      default -> "SHA256withECDSA";
    };
  }

  private BadSignatureException mismatch(String format) {
    return new BadSignatureException(
        "failed to verify ssh signature: signature type " + format + " for key type " + type);
  }

  /** SSH has two numbers one after the other, the JDK wants them in ASN.1. */
  private static byte[] der(byte[] value) throws BadSignatureException {
    SshBytes fields = new SshBytes(value, "ssh signature");
    byte[] r = number(fields.string());
    byte[] s = number(fields.string());
    fields.end();
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    int length = 4 + r.length + s.length;
    der.write(0x30);
    if (length > 0x7f) {
      der.write(0x81);
    }
    der.write(length);
    for (byte[] number : new byte[][] {r, s}) {
      der.write(2);
      der.write(number.length);
      der.writeBytes(number);
    }
    return der.toByteArray();
  }

  /** The longest are those of P-521, with a byte for the sign. */
  private static byte[] number(byte[] field) throws BadSignatureException {
    if (field.length == 0 || field.length > 67) {
      throw new BadSignatureException(
          "ssh signature is malformed: a number of " + field.length + " bytes");
    }
    return new BigInteger(field).toByteArray();
  }
}

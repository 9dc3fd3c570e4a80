package dev.obdbuild.oci.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The digest of some bytes, printed {@code sha256:<64 hex digits>}. sha256, sha384 and sha512 are
 * known.
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
  /**
   * @throws IllegalArgumentException if the algorithm is unknown or {@code hex} is not as many
   *     lower-case hexadecimal digits as it asks for
   */
  public Digest {
    int digits = digits(algorithm);
    if (hex.length() != digits) {
      throw new IllegalArgumentException(
          "digest "
              + algorithm
              + ":"
              + hex
              + " should have "
              + digits
              + " hexadecimal digits, has "
              + hex.length());
    }
    for (int i = 0; i < digits; i++) {
      char c = hex.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        throw new IllegalArgumentException(
            "digest "
                + algorithm
                + ":"
                + hex
                + " has '"
                + c
                + "' at position "
                + i
                + " of its digits");
      }
    }
  }

  /**
   * The digest that {@code text} spells.
   *
   * @throws IllegalArgumentException if it is not {@code algorithm:hex}
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("digest '" + text + "' is not of the form algorithm:hex");
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The sha256 digest of {@code bytes}. */
  public static Digest sha256(byte[] bytes) {
    return ofHash(newSha256().digest(bytes));
  }

  /** The sha256 digest whose 32 bytes are {@code hash}. */
  public static Digest ofHash(byte[] hash) {
    return new Digest("sha256", HexFormat.of().formatHex(hash));
  }

  /** The digest that {@code hash} computed, by the algorithm of this one; {@code hash} is reset. */
  public Digest finish(MessageDigest hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
  }

  /** A hash of this digest's algorithm, to verify bytes against it. */
  public MessageDigest newHash() {
    return newHashOf(algorithm);
  }

  /**
   * A hash of an algorithm that digests may have.
   *
   * @throws IllegalArgumentException if they may not
   */
  public static MessageDigest newHashOf(String algorithm) {
    var _ = digits(algorithm);
    return newHash(algorithm.replace("sha", "SHA-"));
  }

  /** A fresh SHA-256. */
  public static MessageDigest newSha256() {
    return newHash("SHA-256");
  }

  private static MessageDigest newHash(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks " + name, e);
    }
  }

  private static int digits(String algorithm) {
    return switch (algorithm) {
      case "sha256" -> 64;
      case "sha384" -> 96;
      case "sha512" -> 128;
      default ->
          throw new IllegalArgumentException("digest algorithm '" + algorithm + "' is not known");
    };
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  /** {@code algorithm:hex}. */
  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}

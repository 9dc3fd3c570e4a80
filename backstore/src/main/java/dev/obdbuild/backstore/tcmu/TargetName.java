package dev.obdbuild.backstore.tcmu;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names of one device's objects in the kernel. They begin with a digest of the folder that its
 * owner has to itself, so that whoever knows the folder finds what its owner left.
 *
 * @param owner the first 16 hexadecimal digits of the digest
 * @param number of the device; with the owner it makes it unique on the host
 */
public record TargetName(String owner, long number) {
  private static final int OWNER_DIGITS = 16;
  private static final int NAA_DIGITS = 9;

  public TargetName {
    if (!owner.matches("[0-9a-f]{16}") || number < 0) {
      throw new IllegalArgumentException("device " + number + " of owner '" + owner + "'");
    }
  }

  /** As {@link #toString} has it. */
  public static TargetName parse(String text) {
    int dash = text.indexOf('-');
    if (dash < 0 || !text.substring(dash + 1).matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("tcmu device '" + text + "'");
    }
    return new TargetName(text.substring(0, dash), Long.parseLong(text.substring(dash + 1)));
  }

  /** The digits for a folder. */
  public static String owner(Path folder) {
    return digest("folder " + folder.toAbsolutePath().normalize(), OWNER_DIGITS);
  }

  /** Of the core object. */
  String core() {
    return owner + "-" + number;
  }

  /** Of the port that makes a disk of it: NAA 5, a made-up company, then digits of a digest. */
  String port() {
    return "naa.5001405" + digest("port " + core(), NAA_DIGITS);
  }

  /** Of the port's other end, as the fabric wants one. */
  String nexus() {
    return "naa.5001406" + digest("port " + core(), NAA_DIGITS);
  }

  private static String digest(String text, int digits) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, digits);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return core();
  }
}

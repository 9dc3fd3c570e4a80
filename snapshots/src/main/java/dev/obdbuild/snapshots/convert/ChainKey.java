package dev.obdbuild.snapshots.convert;

import dev.obdbuild.oci.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Identity of a chain of layers in the store: what it holds and how it became a filesystem. Two
 * bases with equal keys share their layers.
 */
public record ChainKey(Digest digest) {
  /** The chain below the first layer, for a filesystem of the given kind. */
  public static ChainKey start(String filesystem) {
    return new ChainKey(hash("start " + filesystem));
  }

  /** One more layer that is an overlaybd blob already. */
  public ChainKey blob(Digest blob) {
    return new ChainKey(hash(digest + " blob " + blob));
  }

  /** One more layer, unpacked from a tar. */
  public ChainKey tar(Digest diffId) {
    return new ChainKey(hash(digest + " tar " + diffId));
  }

  /** One more layer, made by a step. */
  public ChainKey step(String key) {
    return new ChainKey(hash(digest + " step " + key));
  }

  /** The chain that {@link #toString} spelled. */
  public static ChainKey parse(String text) {
    return new ChainKey(Digest.parse(text));
  }

  /**
   * The OCI chain id of a layer over the chain {@code below}, which is absent for the first layer.
   */
  public static Digest oci(Optional<Digest> below, Digest diffId) {
    return below.isEmpty() ? diffId : hash(below.get() + " " + diffId);
  }

  /** The first 32 hex digits as a uuid: the identity that is written into a layer. */
  public static String uuid(Digest digest) {
    String hex = digest.hex();
    return String.join(
        "-",
        hex.substring(0, 8),
        hex.substring(8, 12),
        hex.substring(12, 16),
        hex.substring(16, 20),
        hex.substring(20, 32));
  }

  @Override
  public String toString() {
    return digest.toString();
  }

  private static Digest hash(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}

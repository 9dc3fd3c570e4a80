package dev.obdbuild.oci.registry;

import java.util.Locale;

/** Who bytes of a blob come from. */
public enum BlobSource {
  /** The registry that the image names. */
  REGISTRY,
  /** Another one that stands in for it. */
  MIRROR,
  /** A node of a P2P network on the way to it. */
  P2P;

  /** In lower case, for people and metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}

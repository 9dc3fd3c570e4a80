package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.Repository;
import java.util.List;

/**
 * A base image as the registry describes it.
 *
 * @param name for messages
 * @param layers descriptors, bottom first: overlaybd layers (opened lazily) or tar layers
 *     (converted)
 * @param diffIds digests of the uncompressed layers, one per layer, as the image's config tells
 * @param repository where the blobs lie
 */
public record ImageBase(
    String name, List<Descriptor> layers, List<Digest> diffIds, Repository repository) {
  /**
   * @throws IllegalArgumentException when layers and diff ids do not pair up
   */
  public ImageBase {
    layers = List.copyOf(layers);
    diffIds = List.copyOf(diffIds);
    if (layers.size() != diffIds.size()) {
      throw new IllegalArgumentException(
          name + " has " + layers.size() + " layers but " + diffIds.size() + " diff ids");
    }
  }

  /** The base that a manifest and its config describe. */
  public static ImageBase of(
      String name, Manifest manifest, ImageConfig config, Repository repository) {
    return new ImageBase(name, manifest.layers(), config.diffIds(), repository);
  }
}

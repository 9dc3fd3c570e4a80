package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Repository;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A base image as its manifest and config describe it.
 *
 * @param name for messages
 * @param layers descriptors, bottom first: overlaybd layers (opened lazily) or tar layers
 *     (converted)
 * @param diffIds digests of the uncompressed layers, one per layer, as the image's config tells
 * @param created when each layer was made, where that is to be told of it in this store too
 * @param place where the blobs lie
 */
public record ImageBase(
    String name,
    List<Descriptor> layers,
    List<Digest> diffIds,
    List<Optional<Instant>> created,
    LayerPlace place) {
  /**
   * @throws IllegalArgumentException when layers and diff ids do not pair up
   */
  public ImageBase {
    layers = List.copyOf(layers);
    diffIds = List.copyOf(diffIds);
    created = List.copyOf(created);
    if (layers.size() != diffIds.size() || layers.size() != created.size()) {
      throw new IllegalArgumentException(
          "%s has %d layers but %d diff ids and %d times"
              .formatted(name, layers.size(), diffIds.size(), created.size()));
    }
  }

  /** A base whose layers count as made when they came into the store. */
  public ImageBase(
      String name, List<Descriptor> layers, List<Digest> diffIds, Repository repository) {
    this(name, layers, diffIds, new LayerPlace.InRegistry(repository));
  }

  /** As above, wherever the blobs lie. */
  public ImageBase(String name, List<Descriptor> layers, List<Digest> diffIds, LayerPlace place) {
    this(name, layers, diffIds, Collections.nCopies(layers.size(), Optional.empty()), place);
  }

  /** An image of a registry. */
  public ImageBase(
      String name,
      List<Descriptor> layers,
      List<Digest> diffIds,
      List<Optional<Instant>> created,
      Repository repository) {
    this(name, layers, diffIds, created, new LayerPlace.InRegistry(repository));
  }
}

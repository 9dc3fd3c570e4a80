package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Overlaybd layers that lie where they cannot be read lazily: they are copied into the store.
 *
 * @param name for messages
 * @param layers bottom first
 * @param diffIds one per layer
 * @param created when each layer was made, if that is known
 * @param source where the bytes are
 */
public record LayerCopies(
    String name,
    List<Descriptor> layers,
    List<Digest> diffIds,
    List<Optional<Instant>> created,
    Source source) {

  /** Gives the bytes of blobs; need not check them. */
  @FunctionalInterface
  public interface Source {
    /** All bytes of a blob; the caller closes the stream. */
    InputStream open(Descriptor blob) throws IOException;
  }

  /**
   * @throws IllegalArgumentException when layers, diff ids and times do not pair up
   */
  public LayerCopies {
    layers = List.copyOf(layers);
    diffIds = List.copyOf(diffIds);
    created = List.copyOf(created);
    if (layers.size() != diffIds.size() || layers.size() != created.size()) {
      throw new IllegalArgumentException(
          "%s has %d layers but %d diff ids and %d times"
              .formatted(name, layers.size(), diffIds.size(), created.size()));
    }
  }
}

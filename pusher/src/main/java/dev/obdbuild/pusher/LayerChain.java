package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.LayerSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The layers of an image.
 *
 * @param layers bottom first
 * @param times when each of them was made; empty for one of a base image, whose history tells it
 */
public record LayerChain(List<LayerSource> layers, List<Optional<Instant>> times) {

  /** No layers. */
  public static final LayerChain EMPTY = new LayerChain(List.of(), List.of());

  public LayerChain {
    layers = List.copyOf(layers);
    times = List.copyOf(times);
    if (layers.size() != times.size()) {
      throw new IllegalArgumentException(layers.size() + " layers with " + times.size() + " times");
    }
  }
}

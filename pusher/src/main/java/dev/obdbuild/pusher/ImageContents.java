package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image that is to be made.
 *
 * @param layers bottom first
 * @param layerTimes when each of the layers was made; empty for one of a base image, whose history
 *     tells it
 * @param config as the frontend planned it: history without times of its own steps, diff IDs unset
 * @param annotations of the manifest
 * @param subject the manifest this one refers to, if it is a referrer
 */
public record ImageContents(
    List<LayerSource> layers,
    List<Optional<Instant>> layerTimes,
    ImageConfig config,
    Map<String, String> annotations,
    Optional<Descriptor> subject) {

  public ImageContents {
    layers = List.copyOf(layers);
    layerTimes = List.copyOf(layerTimes);
    annotations = Map.copyOf(annotations);
    if (layers.size() != layerTimes.size()) {
      throw new IllegalArgumentException(
          layers.size() + " layers with " + layerTimes.size() + " times");
    }
  }
}

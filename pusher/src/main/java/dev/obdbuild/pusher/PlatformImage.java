package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.pusher.attest.Attestation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to become the image for one platform.
 *
 * @param ordinary its layers as tar archives; needed where the output has ordinary images
 * @param overlaybd its layers as block layers; needed where the output has overlaybd images
 * @param config as the frontend planned it: history without times of its own steps, diff IDs unset
 * @param baseHistory how many entries of the history are the base image's, whose times stay
 * @param epoch the time after which nothing else is dated
 * @param attestations what is attested about it
 * @param configFields top-level keys added to the config, each with its JSON: an inline cache
 */
public record PlatformImage(
    Platform platform,
    Optional<LayerChain> ordinary,
    Optional<LayerChain> overlaybd,
    ImageConfig config,
    int baseHistory,
    Optional<Instant> epoch,
    List<Attestation> attestations,
    Map<String, String> configFields) {

  public PlatformImage {
    attestations = List.copyOf(attestations);
    configFields = Map.copyOf(configFields);
  }

  /** The config with the fields added to it. */
  ImageConfig wholeConfig() {
    Map<String, String> others = new HashMap<>(config.others());
    others.putAll(configFields);
    return new ImageConfig(
        config.platform(),
        config.created(),
        config.author(),
        config.config(),
        config.diffIds(),
        config.history(),
        others);
  }

  LayerChain layers(World world) {
    boolean blocks = world == World.OVERLAYBD;
    return (blocks ? overlaybd : ordinary)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the image for " + platform + " lacks its " + world + " layers"));
  }
}

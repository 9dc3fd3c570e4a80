package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image of one platform that is to be made.
 *
 * @param config as the frontend planned it: history without times of its own steps, diff IDs unset
 * @param annotations of the manifest
 * @param nonDistributable whether layers that must not be distributed keep saying so
 * @param subject the manifest this one refers to, if it is a referrer
 * @param baseHistory how many entries of the history are the base image's, whose times stay
 * @param epoch the time after which nothing else is dated
 */
public record ImageContents(
    World world,
    LayerChain chain,
    ImageConfig config,
    Map<String, String> annotations,
    Optional<Descriptor> subject,
    boolean nonDistributable,
    int baseHistory,
    Optional<Instant> epoch) {

  public ImageContents {
    annotations = Map.copyOf(annotations);
  }

  /** An overlaybd image whose times are told by its layers. */
  public ImageContents(
      List<LayerSource> layers,
      List<Optional<Instant>> layerTimes,
      ImageConfig config,
      Map<String, String> annotations,
      Optional<Descriptor> subject) {
    this(
        World.OVERLAYBD,
        new LayerChain(layers, layerTimes),
        config,
        annotations,
        subject,
        false,
        0,
        Optional.empty());
  }

  /** Bottom first. */
  public List<LayerSource> layers() {
    return chain.layers();
  }
}

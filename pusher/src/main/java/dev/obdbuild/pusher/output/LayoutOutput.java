package dev.obdbuild.pusher.output;

import dev.obdbuild.pusher.output.LayerChoice.Worlds;
import java.util.Locale;
import java.util.Map;

/**
 * An image in an OCI layout on the client's side.
 *
 * @param image with {@code format=both} as one index: a layout lists no referrers
 * @param tar whether the client gets one archive, or the blobs one by one into its content store
 */
public record LayoutOutput(
    Variant variant, ImageOptions image, boolean tar, Map<String, String> metadata)
    implements Output {

  /** What reads it in the end. */
  public enum Variant {
    OCI,
    /** With the {@code manifest.json} of {@code docker load} beside the layout's index. */
    DOCKER
  }

  public LayoutOutput {
    metadata = Map.copyOf(metadata);
  }

  static LayoutOutput take(Variant variant, Attributes attributes, LayerChoice preset) {
    ImageOptions image = ImageOptions.take(attributes, preset, false);
    if (image.layers().worlds() == Worlds.REFERRER) {
      image = asIndex(image);
    }
    return new LayoutOutput(variant, image, attributes.flag("tar", true), attributes.rest());
  }

  private static ImageOptions asIndex(ImageOptions image) {
    LayerChoice layers = image.layers();
    if (!image.ociTypes()) {
      throw new IllegalArgumentException(
          "exporter option \"format=both\" conflicts with \"oci-mediatypes=false\" in a layout");
    }
    return new ImageOptions(
        image.names(),
        true,
        image.ociArtifact(),
        image.inlineAttestations(),
        image.preferNonDistributable(),
        image.rewriteTimestamp(),
        image.epoch(),
        new LayerChoice(Worlds.INDEX, layers.codec(), layers.force(), layers.level()),
        image.annotations());
  }

  @Override
  public String title() {
    return "exporting to " + variant.name().toLowerCase(Locale.ROOT) + " image format";
  }

  @Override
  public EpochChoice epoch() {
    return image.epoch();
  }
}

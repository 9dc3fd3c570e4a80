package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.SealedLayer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A layer as manifest and config name it.
 *
 * @param diffId digest of the uncompressed tar; an overlaybd layer is that tar itself
 */
record FinishedLayer(Descriptor descriptor, Digest diffId) {

  /** Digest of the uncompressed tar, where a descriptor is handed on inside a builder. */
  private static final String DIFF_ID = "containerd.io/uncompressed";

  /**
   * Asks a source, which seals the layer if need be. A layer of a registry keeps its bytes; what
   * filesystem an overlaybd layer is of stays as the source says it.
   */
  static FinishedLayer of(LayerSource source, ImageContents image) throws IOException {
    if (image.world() == World.OVERLAYBD) {
      return overlaybd(source);
    }
    FinishedLayer layer = ordinary(source, image.world());
    String type = layer.descriptor.mediaType();
    return image.nonDistributable()
        ? layer
        : new FinishedLayer(
            layer.descriptor.withMediaType(LayerTypes.distributable(type)), layer.diffId);
  }

  private static FinishedLayer overlaybd(LayerSource source) throws IOException {
    if (source.existing().isPresent()) {
      Descriptor descriptor = source.existing().get().descriptor();
      if (!OverlaybdAnnotations.isNative(descriptor)) {
        throw new IOException(
            descriptor.digest() + ": not an overlaybd layer, but " + descriptor.mediaType());
      }
      return new FinishedLayer(descriptor, descriptor.digest());
    }
    SealedLayer sealed = source.seal();
    Descriptor plain = sealed.descriptor();
    Map<String, String> annotations = new LinkedHashMap<>(plain.annotations());
    annotations.putAll(OverlaybdAnnotations.of(plain.digest(), plain.size(), Optional.empty()));
    return new FinishedLayer(
        plain.withMediaType(MediaTypes.OCI_LAYER).withAnnotations(annotations), sealed.diffId());
  }

  private static FinishedLayer ordinary(LayerSource source, World world) throws IOException {
    Descriptor descriptor =
        source.existing().isPresent()
            ? source.existing().get().descriptor()
            : source.seal().descriptor();
    Digest diffId = source.diffId();
    if (OverlaybdAnnotations.isNative(descriptor)) {
      throw new IOException(descriptor.digest() + ": an overlaybd layer in an ordinary image");
    }
    Descriptor typed = descriptor.withMediaType(LayerTypes.of(descriptor.mediaType(), world));
    return new FinishedLayer(typed.withAnnotations(published(typed, world)), diffId);
  }

  /** Without what is only for the inside of a builder; Docker's documents have no annotations. */
  private static Map<String, String> published(Descriptor descriptor, World world) {
    Map<String, String> annotations = new LinkedHashMap<>();
    if (world == World.ORDINARY) {
      annotations.putAll(descriptor.annotations());
    }
    annotations
        .keySet()
        .removeIf(
            key ->
                key.equals(DIFF_ID)
                    || key.equals("buildkit/createdat")
                    || key.startsWith("containerd.io/distribution.source."));
    return annotations;
  }
}

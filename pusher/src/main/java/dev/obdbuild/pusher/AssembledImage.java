package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The two documents of an image, with their descriptors.
 *
 * @param created when its last layer was made
 */
public record AssembledImage(
    byte[] config,
    Descriptor configDescriptor,
    byte[] manifest,
    Descriptor manifestDescriptor,
    List<Descriptor> layers,
    Optional<Instant> created) {

  /** Filesystem of the layers we make. */
  private static final String FS_TYPE = "ext4";

  /**
   * Puts an image together. Waits for layers that are being sealed.
   *
   * @throws IOException when a layer cannot be sealed
   */
  public static AssembledImage of(ImageContents contents) throws IOException {
    List<Descriptor> layers = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    for (LayerSource source : contents.layers()) {
      FinishedLayer layer = FinishedLayer.of(source);
      boolean ours = source.existing().isEmpty();
      layers.add(ours ? overlaybd(layer.descriptor(), layers.isEmpty()) : layer.descriptor());
      diffIds.add(layer.diffId());
    }
    List<History> history = HistoryTimes.fill(contents.config().history(), contents.layerTimes());
    Optional<Instant> created =
        history.isEmpty() ? contents.config().created() : history.getLast().created();
    ImageConfig config =
        contents.config().withHistory(history).withDiffIds(diffIds).withCreated(created);
    byte[] configBytes = config.toJson();
    Descriptor configDescriptor = Descriptor.of(MediaTypes.OCI_CONFIG, configBytes);
    byte[] manifest =
        new Manifest(
                MediaTypes.OCI_MANIFEST,
                configDescriptor,
                layers,
                contents.subject(),
                contents.annotations(),
                contents.subject().map(s -> MediaTypes.OVERLAYBD_REFERRER))
            .toJson();
    return new AssembledImage(
        configBytes,
        configDescriptor,
        manifest,
        Descriptor.of(MediaTypes.OCI_MANIFEST, manifest),
        layers,
        created);
  }

  /**
   * The annotations by which the snapshotter knows the layer; the bottom one names the filesystem.
   */
  private static Descriptor overlaybd(Descriptor layer, boolean bottom) {
    Map<String, String> annotations = new LinkedHashMap<>(layer.annotations());
    annotations.putAll(
        OverlaybdAnnotations.of(
            layer.digest(), layer.size(), bottom ? Optional.of(FS_TYPE) : Optional.empty()));
    return layer.withMediaType(MediaTypes.OCI_LAYER).withAnnotations(annotations);
  }
}

package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Puts an image together. Waits for layers that are being sealed.
   *
   * @throws IOException when a layer cannot be sealed
   */
  public static AssembledImage of(ImageContents contents) throws IOException {
    List<Descriptor> layers = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    for (LayerSource source : contents.layers()) {
      FinishedLayer layer = FinishedLayer.of(source, contents);
      layers.add(layer.descriptor());
      diffIds.add(layer.diffId());
    }
    ImageConfig config = dated(contents).withDiffIds(diffIds);
    byte[] configBytes = config.toJson();
    boolean docker = contents.world() == World.DOCKER;
    Descriptor configDescriptor =
        Descriptor.of(docker ? MediaTypes.DOCKER_CONFIG : MediaTypes.OCI_CONFIG, configBytes);
    String manifestType = docker ? MediaTypes.DOCKER_MANIFEST : MediaTypes.OCI_MANIFEST;
    byte[] manifest =
        new Manifest(
                manifestType,
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
        Descriptor.of(manifestType, manifest),
        layers,
        config.created());
  }

  private static ImageConfig dated(ImageContents contents) {
    List<History> history =
        HistoryTimes.clamp(
            HistoryTimes.fill(contents.config().history(), contents.chain().times()),
            contents.baseHistory(),
            contents.epoch());
    Optional<Instant> last =
        history.isEmpty() ? contents.config().created() : history.getLast().created();
    Optional<Instant> epoch = contents.epoch();
    Optional<Instant> created =
        last.map(time -> epoch.isPresent() && time.isAfter(epoch.get()) ? epoch.get() : time);
    return contents.config().withHistory(history).withCreated(created);
  }
}

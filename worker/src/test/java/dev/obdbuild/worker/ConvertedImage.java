package dev.obdbuild.worker;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.Manifest;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.snapshots.Snapshot;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A snapshot as an overlaybd image on a registry. */
final class ConvertedImage {

  private ConvertedImage() {}

  /**
   * Pushes the image as {@code base:obd} and yields its reference with digest.
   *
   * @param subject the image that it is the overlaybd form of
   */
  static String push(TestRegistry registry, Snapshot snapshot, Optional<Descriptor> subject)
      throws IOException {
    List<Descriptor> layers = new ArrayList<>();
    List<Digest> diffIds = new ArrayList<>();
    for (LayerSource layer : snapshot.layers()) {
      SealedLayer sealed = layer.seal();
      registry.putBlob("base", Files.readAllBytes(sealed.file()));
      layers.add(sealed.descriptor());
      diffIds.add(sealed.diffId());
    }
    byte[] config = ImageConfig.empty(new Platform("linux", "amd64")).withDiffIds(diffIds).toJson();
    registry.putBlob("base", config);
    Manifest manifest =
        new Manifest(
            MediaTypes.OCI_MANIFEST,
            Descriptor.of(MediaTypes.OCI_CONFIG, config),
            layers,
            subject,
            Map.of(),
            subject.map(s -> MediaTypes.OVERLAYBD_REFERRER));
    String digest = registry.putManifest("base", "obd", MediaTypes.OCI_MANIFEST, manifest.toJson());
    return registry.host() + "/base:obd@" + digest;
  }
}

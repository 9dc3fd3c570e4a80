package dev.obdbuild.builder.local;

import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.overlaybd.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A prefetch trace as the layer that it makes on top of an image. */
record AccelerationSource(SealedLayer layer) implements LayerSource {

  /**
   * Writes the layer.
   *
   * @param folder existing; the file in it must stay while the layer is used
   */
  static AccelerationSource of(List<TraceRecord> trace, Path folder) throws IOException {
    byte[] tar = AccelerationLayer.tar(trace);
    Path file = Files.write(folder.resolve("acceleration-layer"), tar);
    Digest digest = Digest.sha256(tar);
    Descriptor descriptor =
        new Descriptor(MediaTypes.OCI_LAYER, digest, tar.length)
            .withAnnotations(Map.of(OverlaybdAnnotations.ACCELERATION_LAYER, "yes"));
    return new AccelerationSource(new SealedLayer(descriptor, digest, file));
  }

  @Override
  public Optional<LayerBlob> existing() {
    return Optional.empty();
  }

  @Override
  public SealedLayer seal() {
    return layer;
  }
}

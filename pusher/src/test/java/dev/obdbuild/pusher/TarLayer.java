package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.MediaTypes;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.testkit.TinyImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** An ordinary layer in a file: a tar of some files, gzipped. */
record TarLayer(SealedLayer sealed, Optional<LayerBlob> existing) implements LayerSource {

  static TarLayer of(Path folder, Map<String, String> files) throws IOException {
    byte[] tar = TinyImage.tar(files);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(tar);
    }
    Descriptor descriptor = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, out.toByteArray());
    Path file = Files.write(folder.resolve(descriptor.digest().hex()), out.toByteArray());
    return new TarLayer(new SealedLayer(descriptor, Digest.sha256(tar), file), Optional.empty());
  }

  @Override
  public SealedLayer seal() {
    return sealed;
  }
}

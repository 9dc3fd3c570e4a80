package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.oci.image.SealedLayer;
import java.io.IOException;

/**
 * A layer as manifest and config name it.
 *
 * @param diffId digest of the uncompressed tar; an overlaybd layer is that tar itself
 */
record FinishedLayer(Descriptor descriptor, Digest diffId) {

  /**
   * Asks a source, which seals the layer if need be. A layer of a registry keeps its descriptor.
   */
  static FinishedLayer of(LayerSource source) throws IOException {
    if (source.existing().isPresent()) {
      Descriptor descriptor = source.existing().get().descriptor();
      if (!OverlaybdAnnotations.isNative(descriptor)) {
        throw new IOException(
            descriptor.digest() + ": not an overlaybd layer, but " + descriptor.mediaType());
      }
      return new FinishedLayer(descriptor, descriptor.digest());
    }
    SealedLayer sealed = source.seal();
    return new FinishedLayer(sealed.descriptor(), sealed.diffId());
  }
}

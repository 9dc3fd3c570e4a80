package dev.obdbuild.pusher;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.MediaTypes;

/** A small blob that an export makes: a manifest, an index, a config, a statement. */
public record Document(Descriptor descriptor, byte[] bytes) {

  static Document of(String mediaType, byte[] bytes) {
    return new Document(Descriptor.of(mediaType, bytes), bytes);
  }

  /** Whether registries keep it as a manifest, not as a blob. */
  boolean isManifest() {
    String type = descriptor.mediaType();
    return MediaTypes.isManifest(type) || MediaTypes.isIndex(type);
  }
}

package dev.obdbuild.oci.image;

import java.io.IOException;
import java.util.Optional;

/** One layer of an image that is being made. Thread-safe. */
public interface LayerSource {
  /**
   * The blob, if the layer came from a registry: it can be mounted from there, or streamed through.
   */
  Optional<LayerBlob> existing();

  /**
   * The finished layer; waits while it is being sealed, or seals it. Every call gives the same
   * value.
   *
   * @throws IOException if sealing failed; if the layer is {@link #existing} only, it is fetched
   */
  SealedLayer seal() throws IOException;

  /**
   * Digest of the uncompressed layer, as an image's config lists it. Known without fetching what is
   * {@link #existing}; waits as {@link #seal} does otherwise.
   */
  default Digest diffId() throws IOException {
    Optional<LayerBlob> existing = existing();
    // An overlaybd layer is a tar that nothing compresses.
    return existing.isPresent() && OverlaybdAnnotations.isNative(existing.get().descriptor())
        ? existing.get().descriptor().digest()
        : seal().diffId();
  }
}

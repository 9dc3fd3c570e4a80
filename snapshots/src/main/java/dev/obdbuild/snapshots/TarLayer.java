package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.snapshots.changeset.TarFormat;
import dev.obdbuild.snapshots.changeset.TarFormat.Compression;
import dev.obdbuild.snapshots.live.Chain;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * A layer of the store as an ordinary one. Equal layers in equal formats are equal.
 *
 * @param id of the layer
 * @param upper the chain that it is the top of
 * @param below the chain that it stands on, if any
 * @param origin the ordinary layer that it was converted from, if it was
 */
record TarLayer(
    TarLayers maker,
    String id,
    Chain upper,
    Optional<Below> below,
    Optional<Origin> origin,
    TarFormat format)
    implements LayerSource {
  /**
   * What a layer stands on.
   *
   * @param made when; empty if it is not known how that compares with the times in the layer
   */
  record Below(Chain chain, Optional<Instant> made) {
    Below atUnknownTime() {
      return new Below(chain, Optional.empty());
    }
  }

  /** An ordinary layer in a registry. */
  record Origin(LayerBlob blob, Digest diffId) {}

  /** The blob of the base image, unless it is to have another compression. */
  @Override
  public Optional<LayerBlob> existing() {
    return origin.map(Origin::blob).map(TarLayer::ociType).filter(this::wanted);
  }

  private boolean wanted(LayerBlob blob) {
    return !format.force()
        || Compression.of(blob.descriptor().mediaType())
            .filter(format.compression()::equals)
            .isPresent();
  }

  private static LayerBlob ociType(LayerBlob blob) {
    Descriptor descriptor = blob.descriptor();
    return Compression.of(descriptor.mediaType())
        .map(c -> new LayerBlob(descriptor.withMediaType(c.mediaType()), blob.repository()))
        .orElse(blob);
  }

  @Override
  public SealedLayer seal() throws IOException {
    return maker.seal(this);
  }

  @Override
  public Digest diffId() throws IOException {
    return existing().isPresent() ? origin.orElseThrow().diffId() : seal().diffId();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TarLayer that && id.equals(that.id) && format.equals(that.format);
  }

  @Override
  public int hashCode() {
    return id.hashCode() * 31 + format.hashCode();
  }

  @Override
  public String toString() {
    return "layer " + id + " as " + format.key();
  }
}

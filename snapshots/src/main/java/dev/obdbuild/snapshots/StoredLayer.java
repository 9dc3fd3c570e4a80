package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.SealedLayer;
import dev.obdbuild.snapshots.layer.Sealer;
import java.io.IOException;
import java.util.Optional;

/** A layer of the store, named by its id; equal ids are the same layer. */
record StoredLayer(String id, Optional<LayerBlob> existing, Sealer sealer) implements LayerSource {
  @Override
  public SealedLayer seal() throws IOException {
    return sealer.seal(id);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredLayer that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "layer " + id;
  }
}

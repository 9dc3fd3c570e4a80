package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cache that was read: its document, and the blobs of its layers.
 *
 * @param layers descriptors of every layer that the document names
 */
public record ReadCache(CacheDocument document, Map<Digest, Descriptor> layers) {

  public ReadCache {
    layers = Map.copyOf(layers);
  }

  static ReadCache of(CacheDocument document, List<Descriptor> layers) {
    Map<Digest, Descriptor> byDigest = new LinkedHashMap<>();
    layers.forEach(layer -> byDigest.put(layer.digest(), layer));
    return new ReadCache(document, byDigest);
  }

  /** The descriptor of a layer of the document. */
  public Descriptor blob(CacheDocument.Layer layer) {
    Descriptor blob = layers.get(layer.blob());
    if (blob == null) {
      throw new IllegalArgumentException("no layer " + layer.blob() + " in this cache");
    }
    return blob;
  }
}

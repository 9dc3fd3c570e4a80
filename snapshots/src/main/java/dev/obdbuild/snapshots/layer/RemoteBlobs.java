package dev.obdbuild.snapshots.layer;

import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.overlaybd.lsmt.Layer;
import java.io.IOException;
import java.io.InputStream;

/**
 * How layers that live in registries are reached: handed down by who knows registries and
 * credentials.
 */
public interface RemoteBlobs {
  /** Opens an overlaybd layer lazily, through the block cache. The caller closes the layer. */
  Layer layer(LayerBlob blob) throws IOException;

  /**
   * Streams a whole blob; the stream fails at its end when the digest is wrong. The caller closes
   * it.
   */
  InputStream stream(LayerBlob blob) throws IOException;

  /** Empties the block cache as far as nobody reads it; yields the bytes freed. */
  default long dropCache() throws IOException {
    return 0;
  }

  /** Bytes that the block cache takes on this machine. */
  default long cachedBytes() throws IOException {
    return 0;
  }
}

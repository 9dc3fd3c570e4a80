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
}

package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Descriptor;

/** Is told of the stages of an export; called from several threads. */
public interface CacheStages {

  /** A stage that has begun; closed at its end. */
  interface Stage extends AutoCloseable {
    @Override
    void close();
  }

  /** A stage begins, named as BuildKit names it. */
  Stage begin(String stage);

  /** A layer is on its way; called again as more of its bytes are sent. */
  void layer(Descriptor layer, long sentBytes);

  /** A layer is there. */
  void layerDone(Descriptor layer);
}

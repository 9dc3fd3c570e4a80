package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.Descriptor;

/**
 * Told how the conversion of a base image goes on. Called from the converting thread; must not
 * block.
 */
public interface BaseProgress {
  /** Tells nobody. */
  BaseProgress NONE = (layer, bytes, done) -> {};

  /**
   * {@code bytes} of the compressed {@code layer} were read so far.
   *
   * @param done the layer is converted and recorded; also called once for a layer that needed no
   *     conversion
   */
  void layer(Descriptor layer, long bytes, boolean done);

  /** The base is not as new filesystems are; what becomes of it, in one line. */
  default void differs(String what) {
    // told to nobody
  }
}

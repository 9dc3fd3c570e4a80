package dev.obdbuild.pusher.cache;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.LayerSource;
import java.io.IOException;
import java.util.List;

/** Where a cache is kept. Thread-safe. */
public sealed interface CachePlace permits RegistryPlace, LayoutPlace {

  /** A manifest or index with its bytes. */
  record Root(Descriptor descriptor, byte[] body) {}

  /** What a user calls it. */
  String name();

  /**
   * The manifest or index that is there.
   *
   * @throws IOException also when there is none
   */
  Root root() throws IOException;

  /** A manifest that an index names, at most {@link dev.obdbuild.oci.json.JsonReader#MAX_BYTES}. */
  byte[] manifest(Descriptor manifest) throws IOException;

  /** A small blob, verified. */
  byte[] blob(Descriptor blob) throws IOException;

  /** Whether a blob is there. */
  boolean has(Digest blob) throws IOException;

  /** Brings layers there that are not there yet; returns when they are. */
  void putLayers(List<LayerSource> layers, CacheStages stages) throws IOException;

  /** Stores a small blob. */
  void putBlob(Descriptor blob, byte[] bytes) throws IOException;

  /** Stores the manifest or index, last of all: from then on the cache is there. */
  void putRoot(Descriptor root, byte[] body) throws IOException;
}

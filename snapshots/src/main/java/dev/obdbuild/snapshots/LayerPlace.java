package dev.obdbuild.snapshots;

import dev.obdbuild.oci.content.ContentStore;
import dev.obdbuild.oci.image.Repository;

/** Where the layers of a base image lie. */
public sealed interface LayerPlace {

  /** In a registry, now and later: overlaybd layers are opened lazily. */
  record InRegistry(Repository repository) implements LayerPlace {}

  /**
   * In a store that is only there while the base is opened, such as a build client's OCI layout:
   * overlaybd layers are copied into the local store. Borrowed.
   */
  record InStore(ContentStore store) implements LayerPlace {}
}

package dev.obdbuild.worker;

import dev.obdbuild.oci.content.ContentStore;
import java.io.IOException;

/** The OCI layouts that the caller of a build lends it. Thread-safe. */
@FunctionalInterface
public interface LayoutStores {

  /**
   * The blobs of a layout.
   *
   * @param session whose layout it is; empty for the build's own session
   * @param store name of the layout
   * @throws IOException when nobody offers it
   */
  ContentStore open(String session, String store) throws IOException;

  /** No layouts at all. */
  static LayoutStores none() {
    return (session, store) -> {
      throw new IOException("no OCI layout " + store + " is offered by the client");
    };
  }
}

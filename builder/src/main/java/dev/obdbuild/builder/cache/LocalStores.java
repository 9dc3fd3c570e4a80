package dev.obdbuild.builder.cache;

import dev.obdbuild.oci.content.ContentStore;
import java.io.IOException;

/** The stores of blobs that a build's client offers. Thread-safe. */
@FunctionalInterface
public interface LocalStores {

  /**
   * One of them.
   *
   * @param store its id, {@code local:DIR}
   * @throws IOException when it is not offered
   */
  ContentStore open(String store) throws IOException;

  /** No stores at all. */
  static LocalStores none() {
    return store -> {
      throw new IOException("the client offers no store " + store);
    };
  }
}

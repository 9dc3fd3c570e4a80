package dev.obdbuild.worker;

import java.io.IOException;
import java.io.InputStream;

/** Streams that the caller of a build sends once, such as a context from its standard input. */
@FunctionalInterface
public interface Uploads {

  /**
   * Begins an upload; the caller closes the stream.
   *
   * @param path what follows the host in {@code http://buildkit-session/ID}, with its slash
   * @throws IOException when nobody offers it
   */
  InputStream open(String path) throws IOException;

  /** No uploads at all. */
  static Uploads none() {
    return path -> {
      throw new IOException("no upload " + path + " is offered by the client");
    };
  }
}

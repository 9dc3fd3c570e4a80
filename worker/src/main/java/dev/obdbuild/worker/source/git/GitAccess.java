package dev.obdbuild.worker.source.git;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What the caller of a build lends git. Thread-safe. */
public interface GitAccess {

  /** The secret of an id; empty when there is none. */
  Optional<byte[]> secret(String id) throws IOException;

  /**
   * Serves an SSH agent on a socket; the caller closes it.
   *
   * @throws IOException when no such agent is lent
   */
  Agent agent(String id) throws IOException;

  /** An SSH agent's socket, there until it is closed. */
  interface Agent extends Closeable {
    Path socket();
  }
}

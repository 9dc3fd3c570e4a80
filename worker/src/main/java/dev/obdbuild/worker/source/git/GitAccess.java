package dev.obdbuild.worker.source.git;

import dev.obdbuild.worker.source.blob.BlobSource;
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

  /**
   * Writes a blob to a file.
   *
   * @throws IOException also when its bytes are not those of its digest
   */
  void blob(BlobSource blob, Path target) throws IOException;

  /** An SSH agent's socket, there until it is closed. */
  interface Agent extends Closeable {
    Path socket();
  }
}

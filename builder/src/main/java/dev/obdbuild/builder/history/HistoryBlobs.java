package dev.obdbuild.builder.history;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The blobs of the history, to read: logs, errors, attestations, traces. They go with the last
 * record that names them. Thread-safe.
 */
public interface HistoryBlobs {

  /** What is known of a blob; empty when it is not there. */
  Optional<HistoryBlob> find(Digest digest) throws IOException;

  /**
   * Bytes of a blob from an offset on, at most {@code length} of them. To be closed.
   *
   * @throws java.nio.file.NoSuchFileException naming the digest, when it is not there
   */
  InputStream read(Digest digest, long offset, long length) throws IOException;
}

package dev.obdbuild.oci.content;

import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * Blobs named by their digest. Thread-safe. Knows no tags and no references: whoever writes an
 * image keeps the digest of its manifest.
 */
public interface ContentStore {

  /** Bytes of a blob; empty when it is not there. */
  OptionalLong size(Digest digest) throws IOException;

  /**
   * The bytes of a blob from an offset on, at most {@code length} of them. Not checked against the
   * digest: that is for whoever reads it whole. To be closed.
   *
   * @throws java.nio.file.NoSuchFileException naming the digest, when it is not there
   */
  InputStream read(Digest digest, long offset, long length) throws IOException;

  /**
   * Stores a blob, unless it is there already: the stream is then not read. Complete and checked
   * against size and digest, or not there at all. Does not close {@code bytes}.
   */
  void write(Descriptor blob, InputStream bytes) throws IOException;
}

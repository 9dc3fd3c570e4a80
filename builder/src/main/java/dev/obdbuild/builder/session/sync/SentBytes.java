package dev.obdbuild.builder.session.sync;

import dev.obdbuild.linux.file.RawPath;

/** Is told of the bytes of a folder's files as they go. Called by one thread at a time. */
@FunctionalInterface
public interface SentBytes {

  /** A listener that does not care. */
  SentBytes UNCOUNTED = (path, bytes) -> {};

  /**
   * Some are gone.
   *
   * @param path of the file, relative to the folder
   * @param bytes with what goes along to describe them
   */
  void of(RawPath path, long bytes);
}

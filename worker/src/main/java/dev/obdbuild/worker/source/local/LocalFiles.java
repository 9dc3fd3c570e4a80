package dev.obdbuild.worker.source.local;

import dev.obdbuild.worker.content.FileTree;
import java.io.IOException;

/** The folders that the caller of a build lends it, by name. Thread-safe. */
@FunctionalInterface
public interface LocalFiles {

  /**
   * Opens a folder; the caller closes it.
   *
   * @throws IOException when there is no such folder or it cannot be read
   */
  FileTree open(LocalRequest request) throws IOException;
}

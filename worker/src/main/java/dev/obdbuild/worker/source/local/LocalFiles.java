package dev.obdbuild.worker.source.local;

import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.LocalFilter;
import java.io.IOException;

/** The folders that the caller of a build lends it, by name. Thread-safe. */
@FunctionalInterface
public interface LocalFiles {

  /**
   * Opens a folder; the caller closes it.
   *
   * @param name as in {@code local://NAME}: {@code context}, {@code dockerfile}
   * @param filter what the build wants of it
   * @throws IOException when there is no such folder or it cannot be read
   */
  FileTree open(String name, LocalFilter filter) throws IOException;
}

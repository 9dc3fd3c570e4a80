package dev.obdbuild.worker.source.git;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders of the host. */
final class Folders {
  private Folders() {}

  /** Deletes a folder and all it holds. */
  static void delete(Path folder) throws IOException {
    try (Root root = Root.open(folder);
        Dir top = root.dir(RawPath.EMPTY)) {
      top.removeContents();
    }
    Files.delete(folder);
  }
}

package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays one whole tree over another, as a layer would: what is in the upper one wins, directories
 * are joined.
 */
public final class MergeTree {
  private MergeTree() {}

  /**
   * Copies all that is in {@code upper} into {@code folder}, with owners, modes, times, attributes
   * and hard links. What is in the way and is of another type is replaced; symlinks in the folder
   * are never followed. The folder itself keeps its attributes.
   *
   * @return warnings: attributes that the folder's filesystem refused
   */
  public static List<String> apply(FileTree upper, Path folder) throws IOException {
    List<String> warnings = new ArrayList<>();
    try (Root root = Root.open(folder);
        Dir top = root.dir(RawPath.EMPTY);
        TreeDir source = upper.top();
        FileCopy files = new FileCopy(CopyRules.MERGE, root, warnings)) {
      new TreeCopy(CopyRules.MERGE, files).contents(source, top);
    }
    return List.copyOf(warnings);
  }
}

package dev.obdbuild.worker;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.FileAction.Copy;
import dev.obdbuild.llb.FileAction.CopyOptions;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.file.FileActions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Folders filled from trees. Platform threads only. */
final class TreeFill {
  private TreeFill() {}

  /**
   * Copies what a path of a tree holds into an empty folder, which gets its owner and mode.
   *
   * @return warnings
   */
  static List<String> path(FileTree tree, String path, Path folder) throws IOException {
    String from = path.isEmpty() ? "/" : path;
    RawPath real = tree.resolve(RawPath.of(from), true);
    Optional<Stat> stat = tree.find(real);
    if (stat.isEmpty() || !stat.get().isDirectory()) {
      throw new IOException("\"" + from + "\": not found, or not a directory");
    }
    Copy copy = Copy.of(from, "/", CopyOptions.CONTEXT);
    List<String> warnings = FileActions.apply(copy, folder, Optional.of(tree));
    Files.setAttribute(folder, "unix:uid", (int) stat.get().owner().uid());
    Files.setAttribute(folder, "unix:gid", (int) stat.get().owner().gid());
    Files.setAttribute(folder, "unix:mode", stat.get().permissions());
    return warnings;
  }
}

package dev.obdbuild.worker.source.git;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** What is done to a tree after its checkout. Platform threads only. */
public final class GitTree {

  private static final String GIT = ".git";

  private GitTree() {}

  /**
   * The path of a subdirectory.
   *
   * @throws IOException when it is not there, or a symlink or file is on the way
   */
  public static Path subdir(Path tree, String subdir) throws IOException {
    RawPath at = RawPath.EMPTY;
    try (Root root = Root.open(tree)) {
      for (String part : subdir.split("/")) {
        at = RawPath.of(at.equals(RawPath.EMPTY) ? part : at + "/" + part);
        Optional<Stat> stat = root.find(at, false);
        if (stat.isEmpty()) {
          throw new IOException("invalid subdir " + subdir + ": \"" + at + "\" does not exist");
        }
        if (!stat.get().isDirectory()) {
          throw new IOException(
              "git subpath \"" + subdir + "\" contains non-directory \"" + at + "\"");
        }
      }
    }
    return tree.resolve(subdir);
  }

  /**
   * Removes the files by which submodules name their repositories, which are gone, and sets times.
   *
   * @param submoduleFiles whether those files go
   * @param time the time that everything gets, if it gets one
   */
  public static void finish(Path tree, boolean submoduleFiles, Optional<Instant> time)
      throws IOException {
    if (!submoduleFiles && time.isEmpty()) {
      return;
    }
    Optional<UnixTime> stamp = time.map(t -> new UnixTime(t.getEpochSecond(), 0));
    try (Root root = Root.open(tree);
        Dir top = root.dir(RawPath.EMPTY)) {
      finish(top, submoduleFiles, stamp);
    }
  }

  private static void finish(Dir dir, boolean submoduleFiles, Optional<UnixTime> time)
      throws IOException {
    for (DirEntry entry : dir.list()) {
      RawPath name = entry.name();
      if (dir.stat(name).isDirectory()) {
        try (Dir below = dir.openDir(name)) {
          finish(below, submoduleFiles, time);
        }
      } else if (submoduleFiles && name.toString().equals(GIT)) {
        // No repository can hold a file of this name: it is a submodule's.
        dir.unlink(name);
      } else if (time.isPresent()) {
        dir.times(name, time.get(), time.get());
      }
    }
    if (time.isPresent()) {
      dir.times(time.get(), time.get());
    }
  }
}

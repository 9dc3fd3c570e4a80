package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.llb.pattern.Glob;
import dev.obdbuild.llb.pattern.PathPatterns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what the source of a COPY names. */
public final class SourcePaths {
  private SourcePaths() {}

  /**
   * The paths that {@code source} names: itself, whether it exists or not, when it has no wildcard;
   * else all that match, in order. Wildcards stay within a component and do not look through
   * symlinks, but what stands before the first one does.
   *
   * @throws ContentNotFoundException when what stands before the first wildcard is not there
   * @param followLinks whether a symlink as the last component before the wildcard is followed too
   */
  public static List<RawPath> find(FileTree tree, String source, boolean followLinks)
      throws IOException {
    List<String> plain = new ArrayList<>();
    List<Glob> globs = new ArrayList<>();
    for (String part : PathPatterns.clean("/" + source).substring(1).split("/")) {
      if (globs.isEmpty() && !Glob.hasWildcard(part)) {
        plain.add(part);
      } else {
        globs.add(Glob.perComponent(part));
      }
    }
    RawPath start = RawPath.of(String.join("/", plain));
    if (globs.isEmpty()) {
      return List.of(start);
    }
    List<RawPath> found = new ArrayList<>();
    RawPath real = tree.resolve(start, followLinks);
    if (tree.find(real).isEmpty()) {
      throw new ContentNotFoundException("/" + start);
    }
    Optional<TreeDir> dir = tree.findDir(real);
    if (dir.isPresent()) {
      try (TreeDir open = dir.get()) {
        match(open, start, globs, found);
      }
    }
    return found;
  }

  private static void match(TreeDir dir, RawPath shown, List<Glob> globs, List<RawPath> found)
      throws IOException {
    for (DirEntry entry : dir.list()) {
      if (!globs.getFirst().matches(entry.name().text())) {
        continue;
      }
      RawPath path = shown.child(entry.name());
      if (globs.size() == 1) {
        found.add(path);
      } else if (entry.type() == FileType.DIRECTORY) {
        try (TreeDir below = dir.open(entry.name())) {
          match(below, path, globs.subList(1, globs.size()), found);
        }
      }
    }
  }
}

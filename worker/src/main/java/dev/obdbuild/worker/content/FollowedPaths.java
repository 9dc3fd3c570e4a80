package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.pattern.Glob;
import dev.obdbuild.llb.pattern.PathPatterns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds what must be read to use some paths: the paths themselves and, wherever a component is a
 * symlink, what it leads to. The result is a list of include patterns.
 */
final class FollowedPaths {
  private final Root root;
  private final TreeSet<String> found = new TreeSet<>();

  private FollowedPaths(Root root) {
    this.root = root;
  }

  /**
   * The patterns, none below another; empty when the root itself is used, so that everything is.
   */
  static List<String> of(Root root, List<String> paths) throws IOException {
    FollowedPaths followed = new FollowedPaths(root);
    for (String path : paths) {
      followed.add(path);
    }
    List<String> kept = new ArrayList<>();
    String last = null;
    for (String path : followed.found) {
      if (path.isEmpty()) {
        return List.of();
      }
      if (last == null || !path.startsWith(last + "/")) {
        kept.add(path);
        last = path;
      }
    }
    return kept;
  }

  /**
   * Paths are cleaned by the letter; wildcards are kept, and expanded only to see where symlinks
   * lead.
   */
  private void add(String path) throws IOException {
    String clean = PathPatterns.clean("/" + path).substring(1);
    int end = 0;
    while (true) {
      int slash = clean.indexOf('/', end);
      String here = slash < 0 ? clean : clean.substring(0, slash);
      List<String> targets = targets(here);
      if ((slash < 0 || !targets.isEmpty()) && !found.add(here)) {
        return;
      }
      if (!targets.isEmpty()) {
        for (String target : targets) {
          add(slash < 0 ? target : target + clean.substring(slash));
        }
        return;
      }
      if (slash < 0) {
        return;
      }
      end = slash + 1;
    }
  }

  /** Where the symlinks that {@code path} names lead, as paths from the root. */
  private List<String> targets(String path) throws IOException {
    if (path.isEmpty()) {
      return List.of();
    }
    int slash = path.lastIndexOf('/');
    String folder = slash < 0 ? "" : path.substring(0, slash);
    String base = path.substring(slash + 1);
    Optional<Dir> dir = root.findDir(RawPath.of(folder));
    if (dir.isEmpty()) {
      return List.of();
    }
    List<String> targets = new ArrayList<>();
    try (Dir open = dir.get()) {
      if (Glob.hasWildcard(base)) {
        Glob glob = Glob.perComponent(base);
        for (DirEntry entry : open.list()) {
          if (glob.matches(entry.name().text())) {
            target(open, folder, entry.name()).ifPresent(targets::add);
          }
        }
      } else {
        target(open, folder, RawPath.of(base)).ifPresent(targets::add);
      }
    }
    return targets;
  }

  private static Optional<String> target(Dir dir, String folder, RawPath name) throws IOException {
    Optional<Stat> stat = dir.find(name);
    if (stat.isEmpty() || !stat.get().isSymlink()) {
      return Optional.empty();
    }
    String link = dir.readlink(name).text();
    return Optional.of(link.startsWith("/") ? link : folder + "/" + link);
  }
}

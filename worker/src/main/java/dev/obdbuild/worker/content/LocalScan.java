package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.llb.pattern.PathPatterns.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks a folder of the host once and keeps what the filter lets through. */
final class LocalScan {
  private final @Nullable PathPatterns includes;
  private final PathPatterns excludes;

  private LocalScan(@Nullable PathPatterns includes, PathPatterns excludes) {
    this.includes = includes;
    this.excludes = excludes;
  }

  static LocalNode scan(Root root, LocalFilter filter) throws IOException {
    List<String> included = new ArrayList<>(filter.includePatterns());
    if (!filter.followPaths().isEmpty()) {
      List<String> followed = FollowedPaths.of(root, filter.followPaths());
      if (followed.isEmpty()) {
        included.clear();
      }
      included.addAll(followed);
    }
    LocalScan scan =
        new LocalScan(
            included.isEmpty() ? null : PathPatterns.of(included),
            PathPatterns.of(filter.excludePatterns()));
    try (Dir top = root.dir(RawPath.EMPTY)) {
      return new LocalNode(
          RawPath.EMPTY, owned(top.stat()), scan.children(top, Verdict.NONE, Verdict.NONE), null);
    }
  }

  private List<LocalNode> children(Dir dir, Verdict included, Verdict excluded) throws IOException {
    List<LocalNode> kept = new ArrayList<>();
    for (DirEntry entry : dir.list()) {
      String path = dir.path().child(entry.name()).text();
      Verdict in = includes == null ? Verdict.NONE : includes.match(path, included);
      Verdict out = excludes.match(path, excluded);
      boolean wanted = (includes == null || in.matched()) && !out.matched();
      LocalNode node =
          entry.type() == FileType.DIRECTORY
              ? directory(dir, entry, wanted, in, out)
              : file(dir, entry, wanted);
      if (node != null) {
        kept.add(node);
      }
    }
    return List.copyOf(kept);
  }

  /** A directory that is not wanted itself is kept for what is wanted below it. */
  private @Nullable LocalNode directory(
      Dir dir, DirEntry entry, boolean wanted, Verdict in, Verdict out) throws IOException {
    if (out.matched() && !excludes.hasExceptions()) {
      return null;
    }
    try (Dir below = dir.openDir(entry.name())) {
      List<LocalNode> children = children(below, in, out);
      return wanted || !children.isEmpty()
          ? new LocalNode(entry.name(), owned(below.stat()), children, null)
          : null;
    }
  }

  private static @Nullable LocalNode file(Dir dir, DirEntry entry, boolean wanted)
      throws IOException {
    if (!wanted) {
      return null;
    }
    Stat stat = dir.stat(entry.name());
    RawPath target = stat.isSymlink() ? dir.readlink(entry.name()) : null;
    return new LocalNode(entry.name(), owned(stat), List.of(), target);
  }

  /** Files of a context belong to root, as BuildKit's client sends them. */
  private static Stat owned(Stat stat) {
    return stat.withOwner(Owner.ROOT);
  }
}

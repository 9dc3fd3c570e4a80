package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.pattern.Glob;
import dev.obdbuild.llb.pattern.PathPatterns;
import dev.obdbuild.llb.pattern.PathPatterns.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Walks a tree and lists what a {@link Selection} chooses, in the order and with the rules of
 * copying it.
 */
final class Choice {
  private final FileTree tree;
  private final Selection selection;

  /** Without patterns all is meant; a list that says nothing chooses nothing. */
  private final boolean all;

  private final PathPatterns includes;
  private final PathPatterns excludes;
  private final List<ChosenFile> files = new ArrayList<>();
  private final TreeSet<String> paths = new TreeSet<>();

  private Choice(FileTree tree, Selection selection) throws IOException {
    this.tree = tree;
    this.selection = selection;
    this.all = selection.includePatterns().isEmpty();
    this.includes = PathPatterns.of(selection.includePatterns());
    this.excludes = PathPatterns.of(selection.excludePatterns());
  }

  /**
   * @throws ContentNotFoundException when the source, without wildcard, or a required path is not
   *     there
   */
  static List<ChosenFile> of(FileTree tree, Selection selection) throws IOException {
    Choice choice = new Choice(tree, selection);
    if (selection.wildcard() && Glob.hasWildcard(selection.src())) {
      for (RawPath path : SourcePaths.find(tree, selection.src(), selection.followLinks())) {
        choice.start(path, path.name());
      }
    } else {
      choice.start(RawPath.of(selection.src()).clean(), RawPath.EMPTY);
    }
    choice.checkRequired();
    return choice.files;
  }

  private void checkRequired() throws IOException {
    for (String required : selection.requiredPaths()) {
      String first = paths.ceiling(required);
      if (first == null || !first.startsWith(required)) {
        throw new ContentNotFoundException(required);
      }
    }
  }

  private void start(RawPath path, RawPath label) throws IOException {
    RawPath real = tree.resolve(path, selection.followLinks());
    Optional<Stat> stat = tree.find(real);
    if (stat.isEmpty()) {
      throw missing(path);
    }
    if (stat.get().isDirectory()) {
      try (TreeDir dir = tree.findDir(real).orElseThrow(() -> missing(path))) {
        directory(
            new Level(dir, real, label, path.text(), "", Verdict.NONE, Verdict.NONE),
            !selection.contentsOnly());
      }
    } else {
      try (TreeDir parent = tree.findDir(real.parent()).orElseThrow(() -> missing(path))) {
        add(parent, real.name(), stat.get(), label, real, path.text());
      }
    }
  }

  /** Who requires a path of a source misses that path, however little of the source is there. */
  private ContentNotFoundException missing(RawPath path) {
    return new ContentNotFoundException(
        selection.requiredPaths().isEmpty() ? "/" + path : selection.requiredPaths().getFirst());
  }

  /**
   * A directory on the way.
   *
   * @param shown its path as the selection spells it
   * @param below its path for the patterns
   */
  private record Level(
      TreeDir dir,
      RawPath real,
      RawPath label,
      String shown,
      String below,
      Verdict included,
      Verdict excluded) {}

  /**
   * @return whether anything was chosen
   */
  private boolean directory(Level level, boolean chosen) throws IOException {
    int at = files.size();
    boolean any = chosen;
    for (DirEntry entry : level.dir.list()) {
      any |= entry(level, entry);
    }
    if (chosen || (any && !level.below.isEmpty())) {
      files.add(
          at,
          new ChosenFile(
              level.label, level.real, level.dir.stat(), level.dir.xattrs(), null, null));
      told("/" + level.shown);
    }
    return any;
  }

  private boolean entry(Level level, DirEntry entry) throws IOException {
    String name = entry.name().text();
    String below = level.below.isEmpty() ? name : level.below + "/" + name;
    Verdict in = all ? Verdict.NONE : includes.match(below, level.included);
    Verdict out = excludes.isEmpty() ? Verdict.NONE : excludes.match(below, level.excluded);
    if (out.matched() && !excludes.hasExceptions()) {
      return false;
    }
    boolean chosen = (all || in.matched()) && !out.matched();
    String shown = level.shown.isEmpty() ? name : level.shown + "/" + name;
    RawPath label = level.label.child(entry.name());
    RawPath real = level.real.child(entry.name());
    if (entry.type() == FileType.DIRECTORY) {
      try (TreeDir dir = level.dir.open(entry.name())) {
        return directory(new Level(dir, real, label, shown, below, in, out), chosen);
      }
    }
    if (chosen) {
      add(level.dir, entry.name(), level.dir.stat(entry.name()), label, real, shown);
    }
    return chosen;
  }

  private void add(TreeDir dir, RawPath name, Stat stat, RawPath label, RawPath real, String shown)
      throws IOException {
    Map<String, byte[]> xattrs = dir.xattrs(name);
    files.add(
        new ChosenFile(
            label,
            real,
            stat,
            xattrs,
            stat.isSymlink() ? dir.readlink(name) : null,
            stat.isRegular() ? dir.knownSha256(name) : null));
    told("/" + shown);
  }

  private void told(String path) {
    if (!selection.requiredPaths().isEmpty()) {
      paths.add(path);
    }
  }
}

package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.llb.pattern.PathPatterns.Verdict;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Copies one file or tree. A directory that is there already is filled; below the top it also gets
 * the source's attributes. With patterns a directory appears only when it is chosen itself or
 * something below it is.
 */
final class TreeCopy {
  private final CopyRules rules;
  private final FileCopy files;

  TreeCopy(CopyRules rules, FileCopy files) {
    this.rules = rules;
    this.files = files;
  }

  /** A directory being copied; its counterpart is made when the first thing in it is. */
  private final class Level {
    private final @Nullable Level above;
    private final TreeDir source;
    private final Stat stat;
    private final Dir parent;
    private final RawPath name;
    private final Verdict included;
    private final Verdict excluded;
    private final String path;
    private @Nullable Dir dest;
    private boolean made;

    Level(
        @Nullable Level above,
        TreeDir source,
        Dir parent,
        RawPath name,
        String path,
        Verdict included,
        Verdict excluded)
        throws IOException {
      this.above = above;
      this.source = source;
      this.stat = source.stat();
      this.parent = parent;
      this.name = name;
      this.path = path;
      this.included = included;
      this.excluded = excluded;
    }

    boolean isTop() {
      return above == null;
    }

    /** The counterpart, made with all above it when it is not there yet. */
    Dir dest() throws IOException {
      Dir open = dest;
      if (open != null) {
        return open;
      }
      Dir in = above == null ? parent : above.dest();
      open = enter(in);
      dest = open;
      return open;
    }

    private Dir enter(Dir in) throws IOException {
      if (in.mkdir(name, stat.permissions())) {
        made = true;
      } else {
        FileType there = in.stat(name).type();
        if (there != FileType.DIRECTORY && rules.replace()) {
          in.remove(name);
          in.mkdir(name, stat.permissions());
          made = true;
        } else if (there != FileType.DIRECTORY) {
          throw new IOException("cannot copy to non-directory: /" + in.path().child(name));
        } else if (!isTop()) {
          in.chmod(name, stat.permissions());
        }
      }
      return in.openDir(name);
    }

    /**
     * The directory is full: attributes, times last. {@code chosen}: it was to be copied for its
     * own sake.
     */
    void finish(boolean chosen) throws IOException {
      Dir open = dest;
      if (open == null) {
        return;
      }
      try (open) {
        if (made || (chosen && !isTop())) {
          open.chown(rules.ownerOf(stat));
          open.chmod(rules.permissionsOf(stat));
          files.xattrs(source.xattrs(), open::setXattr, open.path());
          open.times(rules.atimeOf(stat), rules.mtimeOf(stat));
        } else if (isTop()) {
          open.times(rules.atimeOf(stat), rules.mtimeOf(stat));
        }
      } finally {
        dest = null;
      }
    }

    void abandon() throws IOException {
      if (dest != null) {
        dest.close();
      }
    }
  }

  /** Copies a directory to {@code name} in {@code parent}; what patterns say is relative to it. */
  void directory(TreeDir source, Dir parent, RawPath name) throws IOException {
    directory(new Level(null, source, parent, name, "", Verdict.NONE, Verdict.NONE), true);
  }

  /** Copies a directory onto the root itself, which is there and keeps all but its time. */
  void intoRoot(TreeDir source, Dir top) throws IOException {
    Level level = new Level(null, source, top, RawPath.EMPTY, "", Verdict.NONE, Verdict.NONE);
    level.dest = top;
    directory(level, true);
  }

  /**
   * Fills {@code dest} with what is in {@code source}, the directory's own attributes left as they
   * are.
   */
  void contents(TreeDir source, Dir dest) throws IOException {
    for (DirEntry entry : source.list()) {
      if (entry.type() == FileType.DIRECTORY) {
        try (TreeDir below = source.open(entry.name())) {
          Level level = new Level(null, below, dest, entry.name(), "", Verdict.NONE, Verdict.NONE);
          // Not the top in any sense that matters: it takes the source's attributes.
          level.made = true;
          directory(level, true);
        }
      } else {
        files.copy(source, entry.name(), source.stat(entry.name()), dest, entry.name());
      }
    }
  }

  private void directory(Level level, boolean chosen) throws IOException {
    try {
      if (chosen) {
        level.dest();
      }
      for (DirEntry entry : level.source.list()) {
        entry(level, entry);
      }
      level.finish(chosen);
    } catch (IOException | RuntimeException e) {
      level.abandon();
      throw e;
    }
  }

  private void entry(Level level, DirEntry entry) throws IOException {
    RawPath name = entry.name();
    Verdict in = Verdict.NONE;
    Verdict out = Verdict.NONE;
    boolean chosen = true;
    String path = "";
    if (rules.includes() != null || rules.excludes() != null) {
      path = level.path.isEmpty() ? name.text() : level.path + "/" + name.text();
      if (rules.includes() != null) {
        in = rules.includes().match(path, level.included);
        chosen = in.matched();
      }
      if (rules.excludes() != null) {
        out = rules.excludes().match(path, level.excluded);
        chosen &= !out.matched();
        if (out.matched() && !rules.excludes().hasExceptions()) {
          return;
        }
      }
    }
    if (entry.type() == FileType.DIRECTORY) {
      try (TreeDir below = level.source.open(name)) {
        directory(new Level(level, below, level.parent, name, path, in, out), chosen);
      }
    } else if (chosen) {
      files.copy(level.source, name, level.source.stat(name), level.dest(), name);
    }
  }
}

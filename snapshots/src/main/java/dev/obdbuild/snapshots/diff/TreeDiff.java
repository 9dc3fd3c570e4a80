package dev.obdbuild.snapshots.diff;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Compares two folders that do not change meanwhile. A directory {@code lost+found} at their top is
 * left out. Belongs to one thread, a platform thread.
 */
public final class TreeDiff {
  private static final RawPath LOST_AND_FOUND = new RawPath("lost+found");

  private final Sameness sameness;
  private final TreeVisitor visitor;

  private TreeDiff(Sameness sameness, TreeVisitor visitor) {
    this.sameness = sameness;
    this.visitor = visitor;
  }

  /**
   * Tells {@code visitor} how {@code upper} differs from {@code lower}, the folders themselves
   * first.
   *
   * @param history present if both are filesystems with a common history up to that moment: the
   *     same inode with the same change time before it is the same file, which is not read, and
   *     another inode is another file. Without it inodes mean nothing, and files with equal
   *     metadata are read
   */
  public static void compare(Root lower, Root upper, Optional<Instant> history, TreeVisitor visitor)
      throws IOException {
    try (Sameness sameness = new Sameness(history);
        Dir was = lower.dir(RawPath.EMPTY);
        Dir is = upper.dir(RawPath.EMPTY)) {
      TreeDiff diff = new TreeDiff(sameness, visitor);
      TreeEntry lowerTop = new TreeEntry(RawPath.EMPTY, was.stat(), was);
      diff.both(lowerTop, new TreeEntry(RawPath.EMPTY, is.stat(), is));
    }
  }

  /** Tells {@code visitor} of all that {@code upper} holds, itself first, as added. */
  public static void all(Root upper, TreeVisitor visitor) throws IOException {
    try (Sameness sameness = new Sameness(Optional.empty());
        Dir is = upper.dir(RawPath.EMPTY)) {
      new TreeDiff(sameness, visitor).added(new TreeEntry(RawPath.EMPTY, is.stat(), is));
    }
  }

  private void added(TreeEntry entry) throws IOException {
    visitor.added(entry);
    contents(entry);
  }

  /** All below a directory as added. */
  private void contents(TreeEntry entry) throws IOException {
    if (!entry.stat().isDirectory()) {
      return;
    }
    try (Opened opened = Opened.of(entry)) {
      for (DirEntry name : opened.dir().list()) {
        TreeEntry child = child(entry, opened.dir(), name);
        if (!isLostAndFound(child)) {
          added(child);
        }
      }
    }
  }

  private void both(TreeEntry lower, TreeEntry upper) throws IOException {
    boolean wasDirectory = lower.stat().isDirectory();
    boolean isDirectory = upper.stat().isDirectory();
    if (wasDirectory && isDirectory) {
      directories(lower, upper);
    } else if (wasDirectory || isDirectory || !sameness.same(lower, upper)) {
      visitor.modified(upper, lower);
      contents(upper);
    } else {
      visitor.unchanged(upper);
    }
  }

  private void directories(TreeEntry lower, TreeEntry upper) throws IOException {
    if (sameness.otherInode(lower.stat(), upper.stat()) && !upper.path().isEmpty()) {
      visitor.replaced(upper, lower);
      contents(upper);
      return;
    }
    if (sameness.same(lower, upper)) {
      visitor.unchanged(upper);
    } else {
      visitor.modified(upper, lower);
    }
    try (Opened was = Opened.of(lower);
        Opened is = Opened.of(upper)) {
      merge(lower, was.dir(), upper, is.dir());
    }
  }

  private void merge(TreeEntry lower, Dir was, TreeEntry upper, Dir is) throws IOException {
    List<DirEntry> lowers = was.list();
    List<DirEntry> uppers = is.list();
    int l = 0;
    int u = 0;
    while (l < lowers.size() || u < uppers.size()) {
      int order = order(lowers, l, uppers, u);
      Optional<TreeEntry> below =
          order <= 0 ? Optional.of(child(lower, was, lowers.get(l++))) : Optional.empty();
      Optional<TreeEntry> above =
          order >= 0 ? Optional.of(child(upper, is, uppers.get(u++))) : Optional.empty();
      one(below.filter(e -> !isLostAndFound(e)), above.filter(e -> !isLostAndFound(e)));
    }
  }

  private void one(Optional<TreeEntry> below, Optional<TreeEntry> above) throws IOException {
    if (below.isPresent() && above.isPresent()) {
      both(below.get(), above.get());
    } else if (above.isPresent()) {
      added(above.get());
    } else if (below.isPresent()) {
      visitor.deleted(below.get());
    }
  }

  /** Which of two names comes first; one that is there comes before one that is not. */
  private static int order(List<DirEntry> lowers, int l, List<DirEntry> uppers, int u) {
    if (l == lowers.size()) {
      return 1;
    }
    return u == uppers.size() ? -1 : lowers.get(l).name().compareTo(uppers.get(u).name());
  }

  private static TreeEntry child(TreeEntry parent, Dir dir, DirEntry entry) throws IOException {
    Stat stat = dir.stat(entry.name());
    return new TreeEntry(parent.path().child(entry.name()), stat, dir);
  }

  private static boolean isLostAndFound(TreeEntry entry) {
    return entry.path().equals(LOST_AND_FOUND) && entry.stat().isDirectory();
  }

  /** The directory that an entry is; the top is open already and stays so. */
  private record Opened(Dir dir, boolean mine) implements AutoCloseable {
    static Opened of(TreeEntry entry) throws IOException {
      return entry.path().isEmpty()
          ? new Opened(entry.parent(), false)
          : new Opened(entry.parent().openDir(entry.path().name()), true);
    }

    @Override
    public void close() throws IOException {
      if (mine) {
        dir.close();
      }
    }
  }
}

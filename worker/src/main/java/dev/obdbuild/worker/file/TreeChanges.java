package dev.obdbuild.worker.file;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.TreeDir;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What changed from one tree to another. Platform threads only. */
public final class TreeChanges {

  private static final int CHUNK = 1 << 20;

  private TreeChanges() {}

  /**
   * Copies into an empty folder what the upper tree has and the lower has not, or not so, with the
   * directories that lead to it.
   *
   * @return warnings: attributes that the folder's filesystem refused
   */
  public static List<String> additions(FileTree lower, FileTree upper, Path folder)
      throws IOException {
    Set<RawPath> changed = new HashSet<>();
    try (TreeDir from = lower.top();
        TreeDir to = upper.top()) {
      compare(from, to, changed);
    }
    List<String> warnings = new ArrayList<>();
    try (Root root = Root.open(folder);
        Dir top = root.dir(RawPath.EMPTY);
        TreeDir source = new ChosenDir(upper.top(), changed);
        FileCopy files = new FileCopy(CopyRules.MERGE, root, warnings)) {
      new TreeCopy(CopyRules.MERGE, files).contents(source, top);
    }
    return List.copyOf(warnings);
  }

  /** Adds the changed entries of a directory and all below; says whether there are any. */
  private static boolean compare(TreeDir lower, TreeDir upper, Set<RawPath> changed)
      throws IOException {
    Set<DirEntry> old = Set.copyOf(lower.list());
    boolean any = false;
    for (DirEntry entry : upper.list()) {
      boolean differs = !old.contains(entry) || !same(lower, upper, entry.name(), entry.type());
      if (entry.type() == FileType.DIRECTORY) {
        differs |= below(lower, upper, entry, old.contains(entry), changed);
      }
      if (differs) {
        changed.add(upper.path().child(entry.name()));
        any = true;
      }
    }
    return any;
  }

  private static boolean below(
      TreeDir lower, TreeDir upper, DirEntry entry, boolean inBoth, Set<RawPath> changed)
      throws IOException {
    try (TreeDir to = upper.open(entry.name())) {
      if (inBoth) {
        try (TreeDir from = lower.open(entry.name())) {
          return compare(from, to, changed);
        }
      }
      everything(to, changed);
      return true;
    }
  }

  private static void everything(TreeDir dir, Set<RawPath> changed) throws IOException {
    for (DirEntry entry : dir.list()) {
      changed.add(dir.path().child(entry.name()));
      if (entry.type() == FileType.DIRECTORY) {
        try (TreeDir below = dir.open(entry.name())) {
          everything(below, changed);
        }
      }
    }
  }

  /** Whether an entry that is of one type in both trees is the same in both. */
  private static boolean same(TreeDir lower, TreeDir upper, RawPath name, FileType type)
      throws IOException {
    Stat from = lower.stat(name);
    Stat to = upper.stat(name);
    boolean alike =
        from.permissions() == to.permissions()
            && from.owner().equals(to.owner())
            && from.mtime().equals(to.mtime())
            && from.rdevMajor() == to.rdevMajor()
            && from.rdevMinor() == to.rdevMinor()
            && (type != FileType.REGULAR || from.size() == to.size());
    if (!alike) {
      return false;
    }
    if (from.inode() == to.inode() && from.ctime().equals(to.ctime())) {
      return true; // one snapshot stands on the other, and nobody touched it
    }
    return sameAttributes(lower.xattrs(name), upper.xattrs(name))
        && switch (type) {
          case REGULAR -> sameContent(lower, upper, name);
          case SYMLINK -> lower.readlink(name).equals(upper.readlink(name));
          default -> true;
        };
  }

  private static boolean sameAttributes(Map<String, byte[]> from, Map<String, byte[]> to) {
    return from.keySet().equals(to.keySet())
        && from.keySet().stream().allMatch(key -> Arrays.equals(from.get(key), to.get(key)));
  }

  private static boolean sameContent(TreeDir lower, TreeDir upper, RawPath name)
      throws IOException {
    try (OpenFile from = lower.read(name);
        OpenFile to = upper.read(name)) {
      byte[] one = new byte[CHUNK];
      byte[] other = new byte[CHUNK];
      long size = from.stat().size();
      for (long at = 0; at < size; at += CHUNK) {
        int length = (int) Math.min(CHUNK, size - at);
        from.readFully(MemorySegment.ofArray(one).asSlice(0, length), at);
        to.readFully(MemorySegment.ofArray(other).asSlice(0, length), at);
        if (!Arrays.equals(one, 0, length, other, 0, length)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Removes from a folder what the lower tree has and the upper has not. */
  public static void deletions(FileTree lower, FileTree upper, Path folder) throws IOException {
    try (Root root = Root.open(folder);
        Dir top = root.dir(RawPath.EMPTY);
        TreeDir from = lower.top();
        TreeDir to = upper.top()) {
      delete(from, to, top);
    }
  }

  private static void delete(TreeDir lower, TreeDir upper, Dir in) throws IOException {
    Map<RawPath, FileType> kept = new java.util.HashMap<>();
    upper.list().forEach(entry -> kept.put(entry.name(), entry.type()));
    for (DirEntry entry : lower.list()) {
      RawPath name = entry.name();
      FileType now = kept.get(name);
      if (now == null) {
        if (in.find(name).isPresent()) {
          in.remove(name);
        }
      } else if (now == FileType.DIRECTORY && entry.type() == FileType.DIRECTORY) {
        Optional<Stat> there = in.find(name);
        if (there.isPresent() && there.get().isDirectory()) {
          try (TreeDir from = lower.open(name);
              TreeDir to = upper.open(name);
              Dir below = in.openDir(name)) {
            delete(from, to, below);
          }
        }
      }
    }
  }

  /** A directory of which only chosen entries show. */
  private record ChosenDir(TreeDir all, Set<RawPath> chosen) implements TreeDir {
    @Override
    public RawPath path() {
      return all.path();
    }

    @Override
    public List<DirEntry> list() throws IOException {
      return all.list().stream()
          .filter(entry -> chosen.contains(all.path().child(entry.name())))
          .toList();
    }

    @Override
    public Stat stat() throws IOException {
      return all.stat();
    }

    @Override
    public Map<String, byte[]> xattrs() throws IOException {
      return all.xattrs();
    }

    @Override
    public Stat stat(RawPath name) throws IOException {
      return all.stat(name);
    }

    @Override
    public Map<String, byte[]> xattrs(RawPath name) throws IOException {
      return all.xattrs(name);
    }

    @Override
    public RawPath readlink(RawPath name) throws IOException {
      return all.readlink(name);
    }

    @Override
    public TreeDir open(RawPath name) throws IOException {
      return new ChosenDir(all.open(name), chosen);
    }

    @Override
    public OpenFile read(RawPath name) throws IOException {
      return all.read(name);
    }

    @Override
    public void confirm(RawPath name, OpenFile file) throws IOException {
      all.confirm(name, file);
    }

    @Override
    public void close() throws IOException {
      all.close();
    }
  }
}

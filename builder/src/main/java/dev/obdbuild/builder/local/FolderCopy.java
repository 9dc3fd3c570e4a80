package dev.obdbuild.builder.local;

import dev.obdbuild.builder.session.sync.SentBytes;
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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Copies a tree into a folder of this disk, over what is there already or as a mirror. Files belong
 * to whoever writes them; no symlink that is there already leads out of the folder. Reads mounts,
 * so it runs on a thread that may.
 */
final class FolderCopy {

  private static final int BUFFER = 256 << 10;

  private final FileTree tree;
  private final Path folder;
  private final boolean mirror;
  private final SentBytes sent;
  private final Map<Inode, RawPath> linked = new HashMap<>();

  private record Inode(long device, long number) {}

  /**
   * @param sent is told what is written
   */
  FolderCopy(FileTree tree, Path folder, boolean mirror, SentBytes sent) {
    this.sent = sent;
    this.tree = tree;
    this.folder = folder;
    this.mirror = mirror;
  }

  void run() throws IOException {
    Files.createDirectories(folder);
    try (Arena arena = Arena.ofConfined();
        Root root = Root.open(folder);
        TreeDir from = tree.top();
        Dir to = root.dir(RawPath.EMPTY)) {
      copy(root, from, to, arena.allocate(BUFFER));
    }
  }

  private void copy(Root root, TreeDir from, Dir to, MemorySegment buffer) throws IOException {
    List<DirEntry> entries = from.list();
    if (mirror) {
      removeOthers(to, entries);
    }
    for (DirEntry entry : entries) {
      RawPath name = entry.name();
      Stat stat = from.stat(name);
      if (stat.type() == FileType.SOCKET) {
        continue;
      }
      if (stat.isDirectory()) {
        directory(root, from, to, name, stat, buffer);
      } else {
        to.remove(name);
        if (!isLinked(root, to, name, stat)) {
          file(from, to, name, stat, buffer);
        }
      }
    }
  }

  private static void removeOthers(Dir dir, List<DirEntry> kept) throws IOException {
    Set<RawPath> names = new HashSet<>();
    kept.forEach(entry -> names.add(entry.name()));
    for (DirEntry entry : dir.list()) {
      if (!names.contains(entry.name())) {
        dir.remove(entry.name());
      }
    }
  }

  private void directory(
      Root root, TreeDir from, Dir to, RawPath name, Stat stat, MemorySegment buffer)
      throws IOException {
    if (!to.find(name).map(Stat::isDirectory).orElse(false)) {
      to.remove(name);
      to.mkdir(name, 0700);
    }
    try (TreeDir below = from.open(name);
        Dir made = to.openDir(name)) {
      copy(root, below, made, buffer);
    }
    to.chmod(name, stat.permissions());
    to.times(name, stat.mtime(), stat.mtime());
  }

  /** Makes a second name of a file that was copied before. */
  private boolean isLinked(Root root, Dir to, RawPath name, Stat stat) throws IOException {
    if (stat.links() < 2) {
      return false;
    }
    RawPath first =
        linked.putIfAbsent(new Inode(stat.device(), stat.inode()), to.path().child(name));
    if (first == null) {
      return false;
    }
    try (Dir other = root.dir(first.parent())) {
      to.link(name, other, first.name());
    }
    return true;
  }

  private void file(TreeDir from, Dir to, RawPath name, Stat stat, MemorySegment buffer)
      throws IOException {
    switch (stat.type()) {
      case REGULAR -> content(from, to, name, stat, buffer);
      case SYMLINK -> {
        to.symlink(name, from.readlink(name));
        to.times(name, stat.mtime(), stat.mtime());
      }
      case CHARACTER, BLOCK, FIFO -> {
        to.mknod(name, stat.type(), stat.permissions(), stat.rdevMajor(), stat.rdevMinor());
        to.times(name, stat.mtime(), stat.mtime());
      }
      case DIRECTORY, SOCKET -> throw new IllegalArgumentException("a file of type " + stat.type());
    }
  }

  private void content(TreeDir from, Dir to, RawPath name, Stat stat, MemorySegment buffer)
      throws IOException {
    try (OpenFile source = from.read(name);
        OpenFile target = to.createFile(name)) {
      for (int n = source.read(buffer); n > 0; n = source.read(buffer)) {
        target.write(buffer.asSlice(0, n));
        sent.of(to.path().child(name), n);
      }
      from.confirm(name, source);
      for (Map.Entry<String, byte[]> xattr : from.xattrs(name).entrySet()) {
        target.setXattr(xattr.getKey(), xattr.getValue());
      }
      target.chmod(stat.permissions());
      target.times(stat.mtime(), stat.mtime());
    }
  }
}

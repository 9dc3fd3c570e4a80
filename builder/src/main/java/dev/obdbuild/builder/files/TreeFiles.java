package dev.obdbuild.builder.files;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.oci.tar.TarEntry;
import dev.obdbuild.oci.tar.TarEntryBuilder;
import dev.obdbuild.oci.tar.TarTime;
import dev.obdbuild.pusher.tree.ExportTree;
import dev.obdbuild.worker.content.FileTree;
import dev.obdbuild.worker.content.TreeDir;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/** A tree of files as entries of an archive; sockets, which archives cannot hold, are left out. */
public final class TreeFiles implements ExportTree {

  private static final int BUFFER = 256 << 10;

  private final FileTree tree;

  /** The entries of a tree, which is not closed. */
  public TreeFiles(FileTree tree) {
    this.tree = tree;
  }

  private record Inode(long device, long number) {}

  @Override
  public void walk(Visitor visitor) throws IOException {
    try (TreeDir top = tree.top()) {
      walk(top, new HashMap<>(), visitor);
    }
  }

  private void walk(TreeDir dir, Map<Inode, String> linked, Visitor visitor) throws IOException {
    for (DirEntry listed : dir.list()) {
      RawPath name = listed.name();
      Stat stat = dir.stat(name);
      if (stat.type() == FileType.SOCKET) {
        continue;
      }
      TarEntry entry = entry(dir, name, stat, linked);
      visitor.entry(entry, () -> content(dir, name, entry));
      if (stat.isDirectory()) {
        try (TreeDir below = dir.open(name)) {
          walk(below, linked, visitor);
        }
      }
    }
  }

  private static TarEntry entry(TreeDir dir, RawPath name, Stat stat, Map<Inode, String> linked)
      throws IOException {
    String path = dir.path().child(name).latin1();
    String first =
        stat.isDirectory() || stat.links() < 2
            ? null
            : linked.putIfAbsent(new Inode(stat.device(), stat.inode()), path);
    TarEntry.Type type = first == null ? type(stat.type()) : TarEntry.Type.HARD_LINK;
    TarEntryBuilder entry =
        TarEntry.builder(type, stat.isDirectory() ? path + "/" : path)
            .mode(stat.permissions())
            .owner(stat.owner().uid(), stat.owner().gid())
            .mtime(new TarTime(stat.mtime().seconds(), stat.mtime().nanos()));
    if (first != null) {
      return entry.linkName(first).build();
    }
    switch (type) {
      case FILE -> entry.size(stat.size());
      case SYMLINK -> entry.linkName(dir.readlink(name).latin1());
      case CHARACTER_DEVICE, BLOCK_DEVICE -> entry.device(stat.rdevMajor(), stat.rdevMinor());
      case DIRECTORY, FIFO, HARD_LINK -> {}
    }
    if (type != TarEntry.Type.SYMLINK) {
      dir.xattrs(name).forEach(entry::xattr);
    }
    return entry.build();
  }

  private static TarEntry.Type type(FileType type) {
    return switch (type) {
      case REGULAR -> TarEntry.Type.FILE;
      case DIRECTORY -> TarEntry.Type.DIRECTORY;
      case SYMLINK -> TarEntry.Type.SYMLINK;
      case CHARACTER -> TarEntry.Type.CHARACTER_DEVICE;
      case BLOCK -> TarEntry.Type.BLOCK_DEVICE;
      case FIFO -> TarEntry.Type.FIFO;
      case SOCKET -> throw new IllegalArgumentException("an archive cannot hold a socket");
    };
  }

  private static InputStream content(TreeDir dir, RawPath name, TarEntry entry) throws IOException {
    return entry.type() == TarEntry.Type.FILE
        ? new Content(dir, name, dir.read(name))
        : new ByteArrayInputStream(new byte[0]);
  }

  /** The bytes of an open file; at its end it is checked to be what the tree promised. */
  private static final class Content extends InputStream {
    private final TreeDir dir;
    private final RawPath name;
    private final OpenFile file;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BUFFER);

    Content(TreeDir dir, RawPath name, OpenFile file) {
      this.dir = dir;
      this.name = name;
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int n = file.read(buffer.asSlice(0, Math.min(length, BUFFER)));
      if (n <= 0) {
        dir.confirm(name, file);
        return -1;
      }
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, from, n);
      return n;
    }

    @Override
    public void close() throws IOException {
      arena.close();
      file.close();
    }
  }
}

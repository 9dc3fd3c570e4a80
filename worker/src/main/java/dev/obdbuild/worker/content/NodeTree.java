package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A tree whose list of files is in memory; only contents are read from a disk. */
abstract sealed class NodeTree implements FileTree permits LocalTree, SyncedTree {
  private static final int MOST_LINKS = 255;

  /** The root. */
  abstract LocalNode root();

  /** Opens the regular file {@code node} at {@code path}. */
  abstract OpenFile open(RawPath path, LocalNode node) throws IOException;

  /** See {@link TreeDir#bytes}. */
  byte @Nullable [] bytes(LocalNode node) throws IOException {
    return null;
  }

  /** See {@link FileTree#confirm}. */
  abstract void confirm(RawPath path, LocalNode node, OpenFile file) throws IOException;

  /** The extended attributes of {@code node} at {@code path}. */
  abstract Map<String, byte[]> xattrs(RawPath path, LocalNode node) throws IOException;

  final @Nullable LocalNode node(RawPath real) {
    LocalNode at = root();
    for (RawPath name : real.components()) {
      at = at.child(name);
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  private LocalNode existing(RawPath real) throws IOException {
    LocalNode node = node(real);
    if (node == null) {
      throw new java.nio.file.NoSuchFileException("/" + real);
    }
    return node;
  }

  @Override
  public final TreeDir top() {
    return new Opened(RawPath.EMPTY, root());
  }

  @Override
  public final Optional<TreeDir> findDir(RawPath real) {
    LocalNode node = node(real);
    return node == null || !node.stat().isDirectory()
        ? Optional.empty()
        : Optional.of(new Opened(real, node));
  }

  @Override
  public final Optional<Stat> find(RawPath real) {
    return Optional.ofNullable(node(real)).map(LocalNode::stat);
  }

  @Override
  public final OpenFile read(RawPath real) throws IOException {
    return open(real, existing(real));
  }

  @Override
  public final void confirm(RawPath real, OpenFile file) throws IOException {
    confirm(real, existing(real), file);
  }

  @Override
  public final RawPath resolve(RawPath path, boolean followLast) throws IOException {
    Deque<RawPath> ahead = new ArrayDeque<>(path.clean().components());
    RawPath at = RawPath.EMPTY;
    int links = 0;
    while (!ahead.isEmpty()) {
      RawPath name = ahead.removeFirst();
      if (name.latin1().equals("..")) {
        at = at.parent();
      } else if (!name.latin1().equals(".")) {
        LocalNode node = node(at.child(name));
        RawPath target = node == null || (ahead.isEmpty() && !followLast) ? null : node.target();
        if (target == null) {
          at = at.child(name);
        } else if (++links > MOST_LINKS) {
          throw new IOException("too many symbolic links on the way to /" + path.clean());
        } else {
          at = target.latin1().startsWith("/") ? RawPath.EMPTY : at;
          target.components().reversed().forEach(ahead::addFirst);
        }
      }
    }
    return at;
  }

  /** A directory of the list. */
  private final class Opened implements TreeDir {
    private final RawPath path;
    private final LocalNode node;

    Opened(RawPath path, LocalNode node) {
      this.path = path;
      this.node = node;
    }

    private LocalNode child(RawPath name) throws IOException {
      LocalNode child = node.child(name);
      if (child == null) {
        throw new java.nio.file.NoSuchFileException("/" + path.child(name));
      }
      return child;
    }

    @Override
    public RawPath path() {
      return path;
    }

    @Override
    public List<DirEntry> list() {
      return node.children().stream().map(c -> new DirEntry(c.name(), c.stat().type())).toList();
    }

    @Override
    public Stat stat() {
      return node.stat();
    }

    @Override
    public Map<String, byte[]> xattrs() throws IOException {
      return NodeTree.this.xattrs(path, node);
    }

    @Override
    public Stat stat(RawPath name) throws IOException {
      return child(name).stat();
    }

    @Override
    public Map<String, byte[]> xattrs(RawPath name) throws IOException {
      return NodeTree.this.xattrs(path.child(name), child(name));
    }

    @Override
    public RawPath readlink(RawPath name) throws IOException {
      RawPath target = child(name).target();
      if (target == null) {
        throw new IOException("/" + path.child(name) + " is not a symbolic link");
      }
      return target;
    }

    @Override
    public byte @Nullable [] knownSha256(RawPath name) {
      LocalNode child = node.child(name);
      return child == null || child.copy() == null ? null : child.copy().sha256();
    }

    @Override
    public byte @Nullable [] bytes(RawPath name) throws IOException {
      return NodeTree.this.bytes(child(name));
    }

    @Override
    public Map<String, byte[]> xattrs(RawPath name, OpenFile file) throws IOException {
      LocalNode child = child(name);
      return child.copy() == null ? file.xattrs() : child.copy().xattrs();
    }

    @Override
    public TreeDir open(RawPath name) throws IOException {
      LocalNode child = child(name);
      if (!child.stat().isDirectory()) {
        throw new java.nio.file.NotDirectoryException("/" + path.child(name));
      }
      return new Opened(path.child(name), child);
    }

    @Override
    public OpenFile read(RawPath name) throws IOException {
      return NodeTree.this.open(path.child(name), child(name));
    }

    @Override
    public void confirm(RawPath name, OpenFile file) throws IOException {
      NodeTree.this.confirm(path.child(name), child(name), file);
    }

    @Override
    public void close() {}
  }
}

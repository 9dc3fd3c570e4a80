package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder of the host as a build context: scanned once when opened, so that its list of files
 * stays the same, filtered, and owned by root. A file that is read later and is not what the scan
 * saw is a {@link SourceChangedException}.
 */
public final class LocalTree implements FileTree {
  static final String SCOPE = "local";

  private static final int MOST_LINKS = 255;

  private final Root root;
  private final LocalNode top;

  private LocalTree(Root root, LocalNode top) {
    this.root = root;
    this.top = top;
  }

  /**
   * Scans {@code folder}. @throws BadPatternException for a pattern of the filter that cannot be
   * understood
   */
  public static LocalTree open(Path folder, LocalFilter filter) throws IOException {
    Root root = Root.open(folder);
    try {
      return new LocalTree(root, LocalScan.scan(root, filter));
    } catch (IOException | RuntimeException e) {
      root.close();
      throw e;
    }
  }

  private @Nullable LocalNode node(RawPath real) {
    LocalNode at = top;
    for (RawPath name : real.components()) {
      at = at.child(name);
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  @Override
  public TreeDir top() {
    return new Opened(RawPath.EMPTY, top);
  }

  @Override
  public Optional<TreeDir> findDir(RawPath real) {
    LocalNode node = node(real);
    return node == null || !node.stat().isDirectory()
        ? Optional.empty()
        : Optional.of(new Opened(real, node));
  }

  @Override
  public Optional<Stat> find(RawPath real) {
    return Optional.ofNullable(node(real)).map(LocalNode::stat);
  }

  @Override
  public OpenFile read(RawPath real) throws IOException {
    LocalNode node = node(real);
    if (node == null) {
      throw new java.nio.file.NoSuchFileException("/" + real);
    }
    return read(real, node);
  }

  private OpenFile read(RawPath path, LocalNode node) throws IOException {
    OpenFile file;
    try {
      file = root.read(path);
    } catch (IOException e) {
      throw new SourceChangedException("/" + path, e);
    }
    try {
      confirm(path, node, file);
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static void confirm(RawPath path, LocalNode node, OpenFile file) throws IOException {
    Stat then = node.stat();
    Stat now = file.stat();
    if (now.inode() != then.inode()
        || now.device() != then.device()
        || now.size() != then.size()
        || !now.mtime().equals(then.mtime())
        || !now.ctime().equals(then.ctime())) {
      throw new SourceChangedException("/" + path, then, now);
    }
  }

  @Override
  public void confirm(RawPath real, OpenFile file) throws IOException {
    LocalNode node = node(real);
    if (node == null) {
      throw new java.nio.file.NoSuchFileException("/" + real);
    }
    confirm(real, node, file);
  }

  @Override
  public RawPath resolve(RawPath path, boolean followLast) throws IOException {
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

  @Override
  public String scope() {
    return SCOPE;
  }

  @Override
  public void close() throws IOException {
    root.close();
  }

  /** A directory of the scan; only file contents and attributes are asked of the host. */
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
      return root.xattrs(path);
    }

    @Override
    public Stat stat(RawPath name) throws IOException {
      return child(name).stat();
    }

    @Override
    public Map<String, byte[]> xattrs(RawPath name) throws IOException {
      return root.xattrs(path.child(name));
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
    public TreeDir open(RawPath name) throws IOException {
      LocalNode child = child(name);
      if (!child.stat().isDirectory()) {
        throw new java.nio.file.NotDirectoryException("/" + path.child(name));
      }
      return new Opened(path.child(name), child);
    }

    @Override
    public OpenFile read(RawPath name) throws IOException {
      return LocalTree.this.read(path.child(name), child(name));
    }

    @Override
    public void confirm(RawPath name, OpenFile file) throws IOException {
      LocalTree.confirm(path.child(name), child(name), file);
    }

    @Override
    public void close() {}
  }
}

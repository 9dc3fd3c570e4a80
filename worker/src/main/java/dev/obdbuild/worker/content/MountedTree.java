package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.DirEntry;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mounted snapshot, read-only or at least not written to while this is in use. */
public final class MountedTree implements FileTree {
  private final Root root;
  private final String scope;

  private MountedTree(Root root, String scope) {
    this.root = root;
    this.scope = scope;
  }

  /**
   * Opens the tree below {@code mount}.
   *
   * @param scope the snapshot's id: equal ids mean equal trees for ever
   */
  public static MountedTree open(Path mount, String scope) throws IOException {
    return new MountedTree(Root.open(mount), scope);
  }

  @Override
  public TreeDir top() throws IOException {
    return new Opened(root.dir(RawPath.EMPTY));
  }

  @Override
  public Optional<TreeDir> findDir(RawPath real) throws IOException {
    return root.findDir(real).map(Opened::new);
  }

  @Override
  public Optional<Stat> find(RawPath real) throws IOException {
    return root.find(real, false);
  }

  @Override
  public OpenFile read(RawPath real) throws IOException {
    return root.read(real);
  }

  /** Snapshots do not change. */
  @Override
  public void confirm(RawPath real, OpenFile file) {}

  @Override
  public RawPath resolve(RawPath path, boolean followLast) throws IOException {
    return root.resolve(path, followLast);
  }

  @Override
  public String scope() {
    return scope;
  }

  @Override
  public void close() throws IOException {
    root.close();
  }

  private record Opened(Dir dir) implements TreeDir {
    @Override
    public RawPath path() {
      return dir.path();
    }

    @Override
    public List<DirEntry> list() throws IOException {
      return dir.list();
    }

    @Override
    public Stat stat() throws IOException {
      return dir.stat();
    }

    @Override
    public Map<String, byte[]> xattrs() throws IOException {
      return dir.xattrs();
    }

    @Override
    public Stat stat(RawPath name) throws IOException {
      return dir.stat(name);
    }

    @Override
    public Map<String, byte[]> xattrs(RawPath name) throws IOException {
      return dir.xattrs(name);
    }

    @Override
    public RawPath readlink(RawPath name) throws IOException {
      return dir.readlink(name);
    }

    @Override
    public TreeDir open(RawPath name) throws IOException {
      return new Opened(dir.openDir(name));
    }

    @Override
    public OpenFile read(RawPath name) throws IOException {
      return dir.openRead(name);
    }

    /** Snapshots do not change. */
    @Override
    public void confirm(RawPath name, OpenFile file) {}

    @Override
    public void close() throws IOException {
      dir.close();
    }
  }
}

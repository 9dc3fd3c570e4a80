package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.Dir;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Root;
import dev.obdbuild.linux.file.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A folder of the host as a build context: scanned once when opened, so that its list of files
 * stays the same, filtered, and owned by root. A file that is read later and is not what the scan
 * saw is a {@link SourceChangedException}.
 */
public final class LocalTree extends NodeTree {
  static final String SCOPE = "local";

  private final Root root;
  private final @Nullable String state;
  private LocalScan.@Nullable Found found;
  private @Nullable LocalNode top;

  /** Where attributes were asked for last: files of one directory are asked for one by one. */
  private @Nullable Dir near;

  private LocalTree(Root root, LocalScan.Found found) {
    this.root = root;
    this.found = found;
    this.state = found.state();
  }

  @Override
  synchronized LocalNode root() {
    LocalNode known = top;
    if (known == null) {
      known = Objects.requireNonNull(found).node();
      top = known;
      found = null;
    }
    return known;
  }

  /**
   * Scans {@code folder}. @throws BadPatternException for a pattern of the filter that cannot be
   * understood
   */
  public static LocalTree open(Path folder, LocalFilter filter) throws IOException {
    long begun = Instant.now().getEpochSecond();
    Root root = Root.open(folder);
    try {
      return new LocalTree(root, LocalScan.scan(root, filter, begun - LocalState.RACY_SECONDS));
    } catch (IOException | RuntimeException e) {
      root.close();
      throw e;
    }
  }

  @Override
  OpenFile open(RawPath path, LocalNode node) throws IOException {
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

  @Override
  void confirm(RawPath path, LocalNode node, OpenFile file) throws IOException {
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
  synchronized Map<String, byte[]> xattrs(RawPath path, LocalNode node) throws IOException {
    if (path.isEmpty()) {
      return root.xattrs(path);
    }
    RawPath parent = path.parent();
    if (near == null || !near.path().equals(parent)) {
      leave();
      near = root.dir(parent);
    }
    return near.xattrs(path.name());
  }

  private synchronized void leave() throws IOException {
    Dir left = near;
    near = null;
    if (left != null) {
      left.close();
    }
  }

  /** Of the list of files, unless one changed so lately that it may change again unseen. */
  @Override
  public @Nullable String state() {
    return state;
  }

  @Override
  public String scope() {
    return SCOPE;
  }

  @Override
  public void close() throws IOException {
    try (root) {
      leave();
    }
  }
}

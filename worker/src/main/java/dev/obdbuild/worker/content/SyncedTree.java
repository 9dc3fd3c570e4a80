package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.UnixTime;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a folder of another machine: names, modes and times as they were told, contents in
 * files that are written once and have names of their own. Its digests are known, so that a cache
 * key costs no reads.
 */
public final class SyncedTree extends NodeTree {
  /** The folder itself is not told of. */
  private static final Stat ROOT =
      new Stat(
          FileType.DIRECTORY,
          0755,
          Owner.ROOT,
          0,
          new UnixTime(0, 0),
          new UnixTime(0, 0),
          new UnixTime(0, 0),
          new UnixTime(0, 0),
          0,
          0,
          2,
          0,
          0,
          0);

  private final Supplier<? extends Iterable<Entry>> entries;
  private final String scope;
  private final String state;
  private final Closeable lease;
  private final SharedFiles small = new SharedFiles();
  private @Nullable LocalNode root;

  /** Where the bytes of a regular file are; they are never changed there. */
  public sealed interface Content permits Alone, Shared {}

  /** In a file of their own. */
  public record Alone(Path file) implements Content {}

  /** Few enough for memory, in a file with others. */
  public record Shared(Path file, long offset, int length) implements Content {}

  /**
   * One file of the folder.
   *
   * @param path clean; parents come before children, siblings in the order of their bytes
   * @param target only of a symlink
   * @param content where a regular file's bytes are; null for the others
   * @param sha256 of those bytes, 32 of them; never changed. Null where there is no content
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Entry(
      RawPath path,
      Stat stat,
      @Nullable RawPath target,
      Map<String, byte[]> xattrs,
      @Nullable Content content,
      byte @Nullable [] sha256) {}

  /**
   * The tree of these files.
   *
   * @param entries asked once, when somebody looks into the tree: a build whose every step is known
   *     does not
   * @param scope unique for the copy, see {@link FileTree#scope}
   * @param state see {@link FileTree#state}
   * @param lease keeps the contents; closed with the tree
   */
  public SyncedTree(
      Supplier<? extends Iterable<Entry>> entries, String scope, String state, Closeable lease) {
    this.entries = entries;
    this.scope = scope;
    this.state = state;
    this.lease = lease;
  }

  @Override
  synchronized LocalNode root() {
    LocalNode known = root;
    if (known == null) {
      known = of(entries.get());
      root = known;
    }
    return known;
  }

  private static LocalNode of(Iterable<Entry> entries) {
    Deque<Open> open = new ArrayDeque<>();
    open.push(new Open(null));
    for (Entry entry : entries) {
      RawPath parent = entry.path().parent();
      while (!open.getFirst().path().equals(parent)) {
        Open done = open.pop();
        if (open.isEmpty()) {
          throw new IllegalArgumentException("/" + entry.path() + " is out of order");
        }
        open.getFirst().add(done.node());
      }
      if (entry.stat().isDirectory()) {
        open.push(new Open(entry));
      } else {
        open.getFirst()
            .add(
                new LocalNode(entry.path().name(), entry.stat(), List.of(), entry.target(), entry));
      }
    }
    while (open.size() > 1) {
      Open done = open.pop();
      open.getFirst().add(done.node());
    }
    return open.pop().node();
  }

  /** A directory whose children are still coming; the root has no entry. */
  private record Open(@Nullable Entry entry, List<LocalNode> children) {
    Open(@Nullable Entry entry) {
      this(entry, new ArrayList<>());
    }

    RawPath path() {
      return entry == null ? RawPath.EMPTY : entry.path();
    }

    void add(LocalNode child) {
      children.add(child);
    }

    LocalNode node() {
      return entry == null
          ? new LocalNode(RawPath.EMPTY, ROOT, children, null)
          : new LocalNode(entry.path().name(), entry.stat(), children, null, entry);
    }
  }

  @Override
  OpenFile open(RawPath path, LocalNode node) throws IOException {
    return switch (node.copy() == null ? null : node.copy().content()) {
      case null -> throw new IOException("/" + path + " is not a regular file");
      case Alone(Path file) -> OpenFile.read(file);
      case Shared shared -> OpenFile.inMemory(path, small.read(shared));
    };
  }

  @Override
  byte @Nullable [] bytes(LocalNode node) throws IOException {
    return node.copy() != null && node.copy().content() instanceof Shared shared
        ? small.read(shared)
        : null;
  }

  /** Nothing to check: contents are never written again. */
  @Override
  void confirm(RawPath path, LocalNode node, OpenFile file) {}

  @Override
  Map<String, byte[]> xattrs(RawPath path, LocalNode node) {
    return node.copy() == null ? Map.of() : node.copy().xattrs();
  }

  @Override
  public String state() {
    return state;
  }

  @Override
  public String scope() {
    return scope;
  }

  @Override
  public void close() throws IOException {
    try (lease) {
      small.close();
    }
  }
}

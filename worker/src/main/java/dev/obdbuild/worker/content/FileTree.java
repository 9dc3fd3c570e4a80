package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.OpenFile;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tree of files that is only read. Paths are clean and relative to the tree's root; no symlink
 * leads out of it. Thread-safe but for {@link #close()}. It never changes, or says so by {@link
 * SourceChangedException}.
 */
public interface FileTree extends Closeable {
  /** Opens the root directory; the caller closes it. */
  TreeDir top() throws IOException;

  /**
   * Opens the directory at {@code real}, a path without symlinks; empty when there is none. The
   * caller closes it.
   */
  Optional<TreeDir> findDir(RawPath real) throws IOException;

  /** What {@code real} is, its last component not followed; empty when there is no such path. */
  Optional<Stat> find(RawPath real) throws IOException;

  /** Opens the regular file at {@code real}; the caller closes it. */
  OpenFile read(RawPath real) throws IOException;

  /**
   * Checks, after {@code file} was read, that the file at {@code real} is still what the tree
   * promised.
   *
   * @throws SourceChangedException when it was written to meanwhile
   */
  void confirm(RawPath real, OpenFile file) throws IOException;

  /**
   * Names what the tree holds: equal names mean equal trees, at least while this process lives, and
   * for folders of this host longer. Null where only looking tells.
   */
  default @Nullable String state() {
    return null;
  }

  /**
   * The path without symlinks that {@code path} leads to, whether it exists or not.
   *
   * @param followLast whether a symlink in the last component is followed too
   */
  RawPath resolve(RawPath path, boolean followLast) throws IOException;

  /**
   * What makes the inode numbers of this tree unique among all trees ever hashed on this machine: a
   * snapshot's id, or {@code local} for folders of the host, whose device numbers do.
   */
  String scope();
}

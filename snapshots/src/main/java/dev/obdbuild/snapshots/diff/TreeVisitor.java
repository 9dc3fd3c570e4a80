package dev.obdbuild.snapshots.diff;

import java.io.IOException;

/**
 * Is told of the differences between two folders, a directory before what it holds, names in the
 * order of their bytes. Entries are those of the upper folder, but for {@link #deleted}.
 */
public interface TreeVisitor {
  /** Only the upper folder has it; what it holds follows as added. */
  void added(TreeEntry entry) throws IOException;

  /**
   * Both have it, with other content or metadata. If the type changed too, or {@code lower} is
   * another non-directory, it takes the place of {@code lower} and of all below that; a directory
   * that stays one keeps what is not told of otherwise.
   */
  void modified(TreeEntry entry, TreeEntry lower) throws IOException;

  /**
   * A directory that took the place of {@code lower}, another directory. What it holds follows as
   * added, nothing of what {@code lower} held stays.
   */
  void replaced(TreeEntry entry, TreeEntry lower) throws IOException;

  /** Only the lower folder has it; what it held is not told of. */
  void deleted(TreeEntry lower) throws IOException;

  /** Both have the same. */
  default void unchanged(TreeEntry entry) throws IOException {}
}

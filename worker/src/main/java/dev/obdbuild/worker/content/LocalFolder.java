package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.FileType;
import dev.obdbuild.linux.file.Owner;
import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.linux.file.StatList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A directory as a scan saw it, packed: a build whose every step is known asks for the state alone,
 * so that no more is made of it until somebody looks into the tree.
 *
 * @param files in it; of those directories that {@code below} has nothing of, nothing is wanted
 * @param below directories in it, by their place among the files
 * @param targets of symlinks, by their place among the files
 * @param state hash of all this; null where a file was changed so lately that it may change unseen
 */
@SuppressWarnings("ArrayRecordComponent")
record LocalFolder(
    StatList files,
    Map<Integer, LocalFolder> below,
    Map<Integer, RawPath> targets,
    byte @Nullable [] state) {

  /** Whether the file at {@code index} counts. */
  static boolean counts(StatList files, Map<Integer, LocalFolder> below, int index) {
    return files.type(index) != FileType.DIRECTORY || below.containsKey(index);
  }

  /** Whether nothing counts. */
  boolean isEmpty() {
    for (int i = 0; i < files.size(); i++) {
      if (counts(files, below, i)) {
        return false;
      }
    }
    return true;
  }

  /** This directory and all below it. */
  LocalNode node(RawPath name, Stat stat) {
    List<LocalNode> children = new ArrayList<>(files.size());
    for (int i = 0; i < files.size(); i++) {
      LocalFolder folder = below.get(i);
      // Files of a context belong to root, as BuildKit's client sends them.
      if (folder != null) {
        children.add(folder.node(files.name(i), files.stat(i).withOwner(Owner.ROOT)));
      } else if (counts(files, below, i)) {
        children.add(
            new LocalNode(
                files.name(i), files.stat(i).withOwner(Owner.ROOT), List.of(), targets.get(i)));
      }
    }
    return new LocalNode(name, stat.withOwner(Owner.ROOT), List.copyOf(children), null);
  }
}

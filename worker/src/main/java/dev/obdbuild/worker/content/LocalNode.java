package dev.obdbuild.worker.content;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of a scanned folder; children only for directories, sorted by bytes, target only for
 * symlinks.
 *
 * @param copy what else is known of it where the folder itself is elsewhere
 */
record LocalNode(
    RawPath name,
    Stat stat,
    List<LocalNode> children,
    @Nullable RawPath target,
    SyncedTree.@Nullable Entry copy) {

  /** A file of this host. */
  LocalNode(RawPath name, Stat stat, List<LocalNode> children, @Nullable RawPath target) {
    this(name, stat, children, target, null);
  }

  /** The child of that name, by binary search. */
  @Nullable LocalNode child(RawPath wanted) {
    int low = 0;
    int high = children.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      LocalNode node = children.get(middle);
      int order = node.name.compareTo(wanted);
      if (order == 0) {
        return node;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }
}

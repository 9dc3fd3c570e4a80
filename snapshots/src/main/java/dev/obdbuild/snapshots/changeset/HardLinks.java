package dev.obdbuild.snapshots.changeset;

import dev.obdbuild.linux.file.RawPath;
import dev.obdbuild.linux.file.Stat;
import dev.obdbuild.snapshots.diff.TreeEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of files that have several. Once one name of a file is written all of them are: the
 * first with the content, those that did not change and came before it as links behind it.
 */
final class HardLinks {
  private final Map<Long, RawPath> sources = new HashMap<>();
  private final Map<Long, List<RawPath>> waiting = new HashMap<>();

  private static boolean several(Stat stat) {
    return stat.links() > 1 && !stat.isDirectory();
  }

  /** The name under which the content was written already. */
  Optional<RawPath> source(TreeEntry entry) {
    return several(entry.stat())
        ? Optional.ofNullable(sources.get(entry.stat().inode()))
        : Optional.empty();
  }

  /** The content was written under this name; yields the names that are to be linked to it. */
  List<RawPath> becameSource(TreeEntry entry) {
    if (!several(entry.stat())) {
      return List.of();
    }
    sources.put(entry.stat().inode(), entry.path());
    List<RawPath> others = waiting.remove(entry.stat().inode());
    return others == null ? List.of() : others;
  }

  /** A name that did not change; it is to be written once its content is. */
  void unchanged(TreeEntry entry) {
    if (several(entry.stat())) {
      waiting.computeIfAbsent(entry.stat().inode(), _ -> new ArrayList<>()).add(entry.path());
    }
  }
}

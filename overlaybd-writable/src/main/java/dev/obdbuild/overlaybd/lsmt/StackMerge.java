package dev.obdbuild.overlaybd.lsmt;

import java.util.ArrayList;
import java.util.List;

/**
 * Lays indexes over one another pair by pair, so that 255 layers cost eight passes instead of 255.
 */
final class StackMerge {
  private StackMerge() {}

  static SegmentIndex merge(List<SegmentIndex> bottomFirst, boolean coalesce) {
    if (bottomFirst.isEmpty()) {
      return SegmentIndex.EMPTY;
    }
    List<SegmentIndex> level = bottomFirst;
    while (level.size() > 1) {
      List<SegmentIndex> next = new ArrayList<>();
      for (int i = 0; i + 1 < level.size(); i += 2) {
        next.add(level.get(i + 1).over(level.get(i), coalesce));
      }
      if (level.size() % 2 == 1) {
        next.add(level.getLast());
      }
      level = next;
    }
    return level.getFirst();
  }
}

package dev.obdbuild.snapshots.fs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which block groups of a filesystem a layer wrote: only these are worth a trim before the layer is frozen.
 *
 * <p>Not thread-safe.
 */
public final class BlockGroups {
  /** A run of neighbouring groups, in bytes of the device. */
  public record Run(long offset, long length) {}

  private final long groupSize;
  private final long end;
  private final BitSet written = new BitSet();

  /**
   * @param groupSize bytes of a group
   * @param end bytes of the filesystem
   */
  public BlockGroups(long groupSize, long end) {
    if (groupSize <= 0 || end < 0) {
      throw new IllegalArgumentException("groups of " + groupSize + " bytes, end " + end);
    }
    this.groupSize = groupSize;
    this.end = end;
  }

  /** Notes that {@code length > 0} bytes at {@code offset} were written; what lies past the end is ignored. */
  public void add(long offset, long length) {
    long last = Math.min(offset + length, end) - 1;
    if (offset <= last) {
      written.set(Math.toIntExact(offset / groupSize), Math.toIntExact(last / groupSize) + 1);
    }
  }

  /** The written groups, neighbours joined, cut at the end of the filesystem. */
  public List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (int from = written.nextSetBit(0); from >= 0; ) {
      int to = written.nextClearBit(from);
      long offset = from * groupSize;
      runs.add(new Run(offset, Math.min(to * groupSize, end) - offset));
      from = written.nextSetBit(to);
    }
    return runs;
  }
}

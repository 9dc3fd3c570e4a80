package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.BlockSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes one committed layer that shows what several layers show together, zeroed records included,
 * so that it can stand in their place on top of others. Byte for byte what the original merges
 * uncompressed.
 */
public final class LayerMerge {
  private LayerMerge() {}

  /**
   * Merges layers given from bottom to top. Closes nothing; at most 255 layers, because records
   * carry their number.
   */
  public static void write(List<Layer> bottomFirst, CommitOptions opts, BlockSink sink)
      throws IOException {
    int count = bottomFirst.size();
    int[] tags = new int[count];
    for (int i = 0; i < count; i++) {
      tags[i] = count - 1 - i;
    }
    write(bottomFirst, tags, opts, sink);
  }

  /** As above, when the topmost layer was a writable one: it is then numbered after the others. */
  public static void writeWithUpper(
      List<Layer> lowersBottomFirst, Layer upper, CommitOptions opts, BlockSink sink)
      throws IOException {
    int count = lowersBottomFirst.size();
    List<Layer> all = new ArrayList<>(lowersBottomFirst);
    all.add(upper);
    int[] tags = new int[count + 1];
    for (int i = 0; i < count; i++) {
      tags[i] = count - 1 - i;
    }
    tags[count] = count;
    write(all, tags, opts, sink);
  }

  private static void write(List<Layer> bottomFirst, int[] tags, CommitOptions opts, BlockSink sink)
      throws IOException {
    if (tags.length > 255) {
      throw new IllegalArgumentException("cannot merge " + tags.length + " layers, at most 255");
    }
    List<SegmentIndex> indexes = new ArrayList<>();
    BlockFile[] files = new BlockFile[tags.length];
    for (int i = 0; i < tags.length; i++) {
      indexes.add(bottomFirst.get(i).index().from(tags[i]));
      files[tags[i]] = bottomFirst.get(i).data();
    }
    LayerCopy.write(StackMerge.merge(indexes, false), List.of(files), opts, sink);
  }
}

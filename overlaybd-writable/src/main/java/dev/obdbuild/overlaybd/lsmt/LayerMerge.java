package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.BlockSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes one committed layer that shows what several layers show together, zeroed records included, so that it can
 * stand in their place on top of others. Byte for byte what the original merges uncompressed.
 */
public final class LayerMerge {
  private LayerMerge() {}

  /** Merges layers given from bottom to top. Closes nothing; at most 255 layers, because records carry their number. */
  public static void write(List<Layer> bottomFirst, CommitOptions opts, BlockSink sink) throws IOException {
    if (bottomFirst.size() > 255) {
      throw new IllegalArgumentException("cannot merge " + bottomFirst.size() + " layers, at most 255");
    }
    List<SegmentIndex> indexes = new ArrayList<>();
    List<BlockFile> files = new ArrayList<>();
    for (int i = bottomFirst.size() - 1; i >= 0; i--) {
      files.add(bottomFirst.get(i).data());
    }
    // Numbered from the top, as the tags are.
    for (int i = 0; i < bottomFirst.size(); i++) {
      indexes.add(bottomFirst.get(i).index().from(bottomFirst.size() - 1 - i));
    }
    LayerCopy.write(StackMerge.merge(indexes, false), files, opts, sink);
  }
}

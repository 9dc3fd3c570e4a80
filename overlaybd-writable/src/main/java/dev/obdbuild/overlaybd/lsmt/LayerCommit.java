package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.BlockSink;
import java.io.IOException;
import java.util.List;

/**
 * Writes a committed layer: live blocks only, in one sequential pass, byte for byte what the
 * original commits uncompressed from the same segments.
 */
public final class LayerCommit {
  private LayerCommit() {}

  /**
   * Copies what {@code segments} map from {@code data} to {@code sink}, after a header and followed
   * by index and trailer. Closes nothing; on failure the sink holds a part.
   *
   * @throws dev.obdbuild.overlaybd.block.FormatException if the layer needs more records than
   *     readers accept
   */
  public static void write(
      SegmentIndex segments, BlockFile data, CommitOptions opts, BlockSink sink)
      throws IOException {
    LayerCopy.write(segments, List.of(data), opts, sink);
  }

  /** As above, for a whole layer. */
  public static void write(Layer layer, CommitOptions opts, BlockSink sink) throws IOException {
    write(layer.index(), layer.data(), opts, sink);
  }

  /** Exactly how many bytes {@link #write} produces. */
  public static long size(SegmentIndex segments) throws IOException {
    CommittedIndex index = new CommittedIndex();
    for (int i = 0; i < segments.size(); i++) {
      index.add(segments.start(i), segments.length(i), segments.zeroed(i), segments.source(i));
    }
    return (index.fileSector() << Sectors.SHIFT)
        + index.records() * Records.BYTES
        + Sectors.HEADER_BYTES;
  }
}

package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.BlockSink;
import dev.obdbuild.overlaybd.block.GatheringSink;
import dev.obdbuild.overlaybd.block.LendingSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The pass that commit and merge share: header, data in device order, index, trailer. */
final class LayerCopy {
  private final List<BlockFile> sources;
  private final LendingSink sink;
  private int source;
  private long readAt;
  private long readLength;

  private LayerCopy(List<BlockFile> sources, LendingSink sink) {
    this.sources = sources;
    this.sink = sink;
  }

  /**
   * Data of segment i lies in {@code sources.get(segments.source(i))}; that number is the record's
   * tag too. Data is read into what the sink lends, if it does.
   */
  static void write(
      SegmentIndex segments, List<BlockFile> sources, CommitOptions opts, BlockSink sink)
      throws IOException {
    if (sink instanceof LendingSink lending) {
      copy(segments, sources, opts, lending);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      GatheringSink gathering = new GatheringSink(sink, arena);
      copy(segments, sources, opts, gathering);
      gathering.flush();
    }
  }

  private static void copy(
      SegmentIndex segments, List<BlockFile> sources, CommitOptions opts, LendingSink sink)
      throws IOException {
    sink.write(
        opts.header(LsmtHeader.HEADER | LsmtHeader.DATA_FILE | LsmtHeader.SEALED, 0, 0).encode());
    CommittedIndex index = new CommittedIndex();
    LayerCopy copy = new LayerCopy(sources, sink);
    for (int i = 0; i < segments.size(); i++) {
      index.add(segments.start(i), segments.length(i), segments.zeroed(i), segments.source(i));
      if (!segments.zeroed(i)) {
        copy.add(
            segments.source(i),
            segments.fileSector(i) << Sectors.SHIFT,
            (long) segments.length(i) << Sectors.SHIFT);
      }
    }
    copy.readPending();
    index.writeTo(sink);
    int flags = LsmtHeader.DATA_FILE | LsmtHeader.SEALED;
    sink.write(opts.header(flags, index.fileSector() << Sectors.SHIFT, index.records()).encode());
  }

  /** Segments that follow one another in one file become one read. */
  private void add(int from, long offset, long length) throws IOException {
    if (from != source || offset != readAt + readLength) {
      readPending();
      source = from;
      readAt = offset;
    }
    readLength += length;
  }

  private void readPending() throws IOException {
    while (readLength > 0) {
      MemorySegment room = sink.room();
      long part = Math.min(room.byteSize(), readLength);
      sources.get(source).read(readAt, room.asSlice(0, part));
      sink.filled(part);
      readAt += part;
      readLength -= part;
    }
  }
}

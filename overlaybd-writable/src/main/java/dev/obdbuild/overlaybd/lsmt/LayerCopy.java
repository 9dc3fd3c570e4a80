package dev.obdbuild.overlaybd.lsmt;

import dev.obdbuild.overlaybd.block.BlockFile;
import dev.obdbuild.overlaybd.block.BlockSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The pass that commit and merge share: header, data in device order, index, trailer. */
final class LayerCopy {
  private static final int BUFFER = 1 << 20;

  private final List<BlockFile> sources;
  private final BlockSink sink;
  private final MemorySegment buffer;
  private int filled;
  private int source;
  private long readAt;
  private int readLength;

  private LayerCopy(List<BlockFile> sources, BlockSink sink, MemorySegment buffer) {
    this.sources = sources;
    this.sink = sink;
    this.buffer = buffer;
  }

  /**
   * Data of segment i lies in {@code sources.get(segments.source(i))}; that number is the record's
   * tag too.
   */
  static void write(
      SegmentIndex segments, List<BlockFile> sources, CommitOptions opts, BlockSink sink)
      throws IOException {
    sink.write(
        opts.header(LsmtHeader.HEADER | LsmtHeader.DATA_FILE | LsmtHeader.SEALED, 0, 0).encode());
    CommittedIndex index = new CommittedIndex();
    try (Arena arena = Arena.ofConfined()) {
      LayerCopy copy = new LayerCopy(sources, sink, arena.allocate(BUFFER, Sectors.HEADER_BYTES));
      for (int i = 0; i < segments.size(); i++) {
        index.add(segments.start(i), segments.length(i), segments.zeroed(i), segments.source(i));
        if (!segments.zeroed(i)) {
          copy.add(
              segments.source(i),
              segments.fileSector(i) << Sectors.SHIFT,
              (long) segments.length(i) << Sectors.SHIFT);
        }
      }
      copy.flush();
    }
    index.writeTo(sink);
    int flags = LsmtHeader.DATA_FILE | LsmtHeader.SEALED;
    sink.write(opts.header(flags, index.fileSector() << Sectors.SHIFT, index.records()).encode());
  }

  /** Segments that follow one another in one file become one read. */
  private void add(int from, long offset, long length) throws IOException {
    long done = 0;
    while (done < length) {
      if (readLength > 0 && (from != source || offset + done != readAt + readLength)) {
        readPending();
      }
      if (filled + readLength == BUFFER) {
        flush();
      }
      int part = (int) Math.min(BUFFER - filled - readLength, length - done);
      if (readLength == 0) {
        source = from;
        readAt = offset + done;
      }
      readLength += part;
      done += part;
    }
  }

  private void readPending() throws IOException {
    sources.get(source).read(readAt, buffer.asSlice(filled, readLength));
    filled += readLength;
    readLength = 0;
  }

  private void flush() throws IOException {
    if (readLength > 0) {
      readPending();
    }
    if (filled > 0) {
      sink.write(buffer.asSlice(0, filled));
      filled = 0;
    }
  }
}

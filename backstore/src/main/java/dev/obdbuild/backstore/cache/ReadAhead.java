package dev.obdbuild.backstore.cache;

import java.util.Arrays;
import java.util.Optional;

/**
 * Recognises sequential readers and says what to fetch ahead of them. Several readers may be
 * interleaved. Thread-safe.
 */
final class ReadAhead {

  private static final int STREAMS = 8;

  private final int maxBlocks;
  private final Stream[] streams = new Stream[STREAMS];
  private long clock;

  /** Blocks from {@code first} to {@code last}, both included. */
  record Range(int first, int last) {}

  /** One sequential reader. */
  private static final class Stream {
    /** The block it comes to next. */
    int next = -1;

    /** How far ahead of it to be, in blocks. */
    int window;

    /** The first block not asked for ahead of it. */
    int frontier;

    long used;
  }

  ReadAhead(int maxBlocks) {
    this.maxBlocks = maxBlocks;
    Arrays.setAll(streams, i -> new Stream());
  }

  /**
   * Takes note of a read and says what is worth fetching beyond it. The window doubles with every
   * block a reader goes on; it is refilled when half of it is used up, so that requests stay large.
   */
  synchronized Optional<Range> beyond(int first, int last) {
    Stream stream = find(first, last);
    stream.used = ++clock;
    if (last < stream.next) {
      return Optional.empty();
    }
    boolean goesOn = first <= stream.next;
    stream.window = goesOn ? Math.clamp(stream.window * 2L, 1, maxBlocks) : 0;
    stream.next = last + 1;
    stream.frontier = goesOn ? Math.max(stream.frontier, last + 1) : last + 1;
    int ready = stream.frontier - stream.next;
    if (stream.window == 0 || ready > stream.window / 2) {
      return Optional.empty();
    }
    Range range = new Range(stream.frontier, last + stream.window);
    stream.frontier = last + stream.window + 1;
    return Optional.of(range);
  }

  /** The reader that comes along here, or else the one not seen for longest, started anew. */
  private Stream find(int first, int last) {
    Stream oldest = streams[0];
    for (Stream stream : streams) {
      boolean stays = first == last && first == stream.next - 1;
      if (stays || stream.next == first) {
        return stream;
      }
      if (stream.used < oldest.used) {
        oldest = stream;
      }
    }
    oldest.next = -1;
    return oldest;
  }
}

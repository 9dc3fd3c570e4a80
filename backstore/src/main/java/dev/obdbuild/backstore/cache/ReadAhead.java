package dev.obdbuild.backstore.cache;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Recognises sequential readers and says what to fetch ahead of them. Several readers may be
 * interleaved. Thread-safe.
 */
final class ReadAhead {

  private static final int STREAMS = 8;

  /** A reader may leave out or read again so many blocks and is still the same reader. */
  private static final int SLACK = 4;

  private final IntSupplier maxBlocks;
  private final Stream[] streams = new Stream[STREAMS];
  private long clock;

  /** Blocks from {@code first} to {@code last}, both included. */
  record Range(int first, int last) {}

  /** One sequential reader. */
  private static final class Stream {
    /** The block it comes to next; far away from any at first. */
    int next = Integer.MIN_VALUE / 2;

    /** How far ahead of it to be, in blocks. */
    int window;

    /** The first block not asked for ahead of it. */
    int frontier;

    long used;
  }

  /** The longest window in blocks may change from call to call. */
  ReadAhead(IntSupplier maxBlocks) {
    this.maxBlocks = maxBlocks;
    Arrays.setAll(streams, i -> new Stream());
  }

  /**
   * Takes note of a read and says what is worth fetching beyond it. The window doubles with every
   * read that goes on; it is refilled when a quarter is used up, so that requests stay large and
   * the link busy.
   */
  synchronized Optional<Range> beyond(int first, int last) {
    Stream stream = find(first);
    boolean goesOn = stream.next >= 0;
    stream.used = ++clock;
    if (goesOn && last < stream.next) {
      return Optional.empty();
    }
    int length = last - first + 1;
    stream.window =
        goesOn ? Math.clamp(Math.max(stream.window, length) * 2L, 1, maxBlocks.getAsInt()) : 0;
    stream.next = last + 1;
    stream.frontier = goesOn ? Math.max(stream.frontier, last + 1) : last + 1;
    int ready = stream.frontier - stream.next;
    if (stream.window == 0 || ready > stream.window - stream.window / 4) {
      return Optional.empty();
    }
    Range range = new Range(stream.frontier, last + stream.window);
    stream.frontier = last + stream.window + 1;
    return Optional.of(range);
  }

  /** The reader that comes along here, or else the one not seen for longest, started anew. */
  private Stream find(int first) {
    Stream oldest = streams[0];
    for (Stream stream : streams) {
      if (first >= stream.next - SLACK && first <= stream.next + SLACK) {
        return stream;
      }
      if (stream.used < oldest.used) {
        oldest = stream;
      }
    }
    oldest.next = Integer.MIN_VALUE / 2;
    return oldest;
  }
}

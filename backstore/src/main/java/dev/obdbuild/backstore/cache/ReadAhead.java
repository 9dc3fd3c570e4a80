package dev.obdbuild.backstore.cache;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Recognises sequential readers and says what to fetch ahead of them. Several readers may be
 * interleaved. Thread-safe.
 *
 * <p>How far ahead is a share of how far a reader has come, so that what is fetched in vain where
 * it ends is never more than that share of what it has read. That share is all of it, and less
 * where the readers before it ended with most of their window unread.
 */
final class ReadAhead {

  private static final int STREAMS = 8;

  /** A reader may leave out or read again so many blocks and is still the same reader. */
  private static final int SLACK = 4;

  /** Who has not come along so many blocks may stop at any moment (128 KiB). */
  private static final int PROOF = 8;

  /** Who has come along so many is judged by nothing else (2 MiB). */
  private static final int LONG = 128;

  /** Shares are 1 / 2^shift. */
  private static final int LEAST_SHIFT = 0;

  private static final int MOST_SHIFT = 2;

  private final IntSupplier maxBlocks;
  private final Stream[] streams = new Stream[STREAMS];
  private int shift = LEAST_SHIFT;
  private long clock;

  /**
   * A window is asked for in so many pieces at least, each over a connection of its own: a new
   * connection brings little in its first round trips, and the reader waits for the slowest.
   */
  private static final int PIECES = FetchQueue.AHEAD;

  /** What a new connection brings in three round trips (96 KiB); less takes hardly less time. */
  private static final int LEAST_PIECE = 6;

  /** Blocks from {@code first} to {@code last}, both included, in pieces of about so many. */
  record Range(int first, int last, int piece) {}

  /** One sequential reader. */
  private static final class Stream {
    /** The block it comes to next; far away from any at first. */
    int next = Integer.MIN_VALUE / 2;

    /** Blocks it has come along so far. */
    int run;

    /** How far ahead of it was asked for last, in blocks; 0 if never. */
    int window;

    /** The first block not asked for ahead of it. */
    int frontier;

    long used;

    boolean begun() {
      return next >= 0;
    }
  }

  /** The longest window in blocks may change from call to call. */
  ReadAhead(IntSupplier maxBlocks) {
    this.maxBlocks = maxBlocks;
    Arrays.setAll(streams, i -> new Stream());
  }

  /**
   * Takes note of a read and says what is worth fetching beyond it. A window is refilled when half
   * of it is used up, that of a reader who has come along for long when a quarter is, so that
   * requests stay large and the link busy.
   */
  synchronized Optional<Range> beyond(int first, int last) {
    int place = find(first);
    Stream stream = streams[place];
    stream.used = ++clock;
    if (!stream.begun()) {
      stream.run = last - first + 1;
      stream.next = last + 1;
      stream.frontier = last + 1;
      return Optional.empty();
    }
    if (last < stream.next) {
      return Optional.empty();
    }
    stream.run += last + 1 - Math.max(first, stream.next);
    stream.next = last + 1;
    stream.frontier = Math.max(stream.frontier, last + 1);
    int longest = maxBlocks.getAsInt();
    int share = stream.run < LONG ? shift : LEAST_SHIFT;
    int window = Math.min(stream.run >> share, longest);
    int enough = stream.run < LONG ? window / 2 : window - window / 4;
    if (stream.run < PROOF || stream.frontier - stream.next > enough) {
      return Optional.empty();
    }
    stream.window = window;
    int piece = Math.max(Math.ceilDiv(window, PIECES), LEAST_PIECE);
    Range range = new Range(stream.frontier, last + window, piece);
    stream.frontier = last + window + 1;
    return Optional.of(range);
  }

  /** The reader that comes along here, or else a new one instead of that not seen for longest. */
  private int find(int first) {
    int oldest = 0;
    for (int i = 0; i < STREAMS; i++) {
      Stream stream = streams[i];
      if (first >= stream.next - SLACK && first <= stream.next + SLACK) {
        return i;
      }
      if (stream.used < streams[oldest].used) {
        oldest = i;
      }
    }
    learnFrom(streams[oldest]);
    streams[oldest] = new Stream();
    return oldest;
  }

  private void learnFrom(Stream ended) {
    if (ended.window > 0) {
      boolean wasted = ended.frontier - ended.next > ended.window / 2;
      shift = Math.clamp(shift + (wasted ? 1 : -1), LEAST_SHIFT, MOST_SHIFT);
    }
  }
}

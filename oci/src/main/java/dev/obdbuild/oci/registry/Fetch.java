package dev.obdbuild.oci.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One ranged request that fills one or more segments; bytes between them are dropped.
 *
 * @param parts ascending by offset, without overlap
 */
record Fetch(List<BlobReader.Range> parts) {
  /**
   * Neighbours closer than this are asked for together: dropping so many bytes is cheaper than a
   * request.
   */
  private static final long MAX_GAP = 64 << 10;

  /** One request asks for no more, so that several connections share a large read. */
  private static final long MAX_PIECE = 4 << 20;

  /** Plans the requests for {@code ranges}, which may come in any order and may overlap. */
  static List<Fetch> plan(List<BlobReader.Range> ranges) {
    List<BlobReader.Range> pieces = new ArrayList<>();
    for (BlobReader.Range range : ranges) {
      long size = range.dst().byteSize();
      for (long at = 0; at < size; at += MAX_PIECE) {
        long length = Math.min(MAX_PIECE, size - at);
        pieces.add(new BlobReader.Range(range.offset() + at, range.dst().asSlice(at, length)));
      }
    }
    pieces.sort(Comparator.comparingLong(BlobReader.Range::offset));
    List<Fetch> fetches = new ArrayList<>();
    List<BlobReader.Range> run = new ArrayList<>();
    for (BlobReader.Range piece : pieces) {
      if (!run.isEmpty() && !joins(run, piece)) {
        fetches.add(new Fetch(List.copyOf(run)));
        run.clear();
      }
      run.add(piece);
    }
    if (!run.isEmpty()) {
      fetches.add(new Fetch(List.copyOf(run)));
    }
    return fetches;
  }

  private static boolean joins(List<BlobReader.Range> run, BlobReader.Range next) {
    BlobReader.Range last = run.getLast();
    long gap = next.offset() - end(last);
    return gap >= 0 && gap <= MAX_GAP && end(next) - run.getFirst().offset() <= MAX_PIECE;
  }

  private static long end(BlobReader.Range range) {
    return range.offset() + range.dst().byteSize();
  }

  long offset() {
    return parts.getFirst().offset();
  }

  long end() {
    return end(parts.getLast());
  }

  long length() {
    return end() - offset();
  }

  Progress start() {
    return new Progress();
  }

  /** How far the request has come; survives a broken connection. */
  final class Progress {
    private static final int CHUNK = 64 << 10;

    private final byte[] chunk = new byte[(int) Math.min(CHUNK, length())];
    private long position = Fetch.this.offset();
    private int part;

    long position() {
      return position;
    }

    long left() {
      return end() - position;
    }

    /**
     * Reads what is left from {@code body}, which stands at {@link #position}.
     *
     * @param deadline a body that still drips at this time of {@link System#nanoTime} is given up
     */
    void fill(InputStream body, AtomicLong counter, long deadline) throws IOException {
      while (left() > 0) {
        if (System.nanoTime() - deadline > 0) {
          throw new HttpTimeoutException(left() + " bytes had not come when the time was up");
        }
        int n = body.read(chunk, 0, (int) Math.min(chunk.length, left()));
        if (n < 0) {
          throw new EOFException("the answer ended " + left() + " bytes early");
        }
        counter.addAndGet(n);
        scatter(n);
      }
    }

    private void scatter(int length) {
      long chunkStart = position;
      long chunkEnd = position + length;
      while (part < parts.size() && parts.get(part).offset() < chunkEnd) {
        BlobReader.Range range = parts.get(part);
        long from = Math.max(range.offset(), chunkStart);
        long to = Math.min(Fetch.end(range), chunkEnd);
        MemorySegment.copy(
            chunk,
            (int) (from - chunkStart),
            range.dst(),
            ValueLayout.JAVA_BYTE,
            from - range.offset(),
            (int) (to - from));
        if (to < Fetch.end(range)) {
          break;
        }
        part++;
      }
      position = chunkEnd;
    }
  }
}

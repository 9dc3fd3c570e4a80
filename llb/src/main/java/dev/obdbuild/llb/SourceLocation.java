package dev.obdbuild.llb;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Lines that a vertex was made from.
 *
 * @param source index into {@link Graph#sources()}
 */
public record SourceLocation(int source, List<LineRange> ranges) {

  /** Lines from {@code first} to {@code last}, both included, counted from 1. */
  public record LineRange(int first, int last) {
    private static final int MOST = 1_000;

    /**
     * One range for each line, as BuildKit marks them; where that were more than a thousand, one
     * for all.
     */
    public static List<LineRange> each(int first, int last) {
      return last - first < MOST
          ? IntStream.rangeClosed(first, last).mapToObj(line -> new LineRange(line, line)).toList()
          : List.of(new LineRange(first, last));
    }
  }

  public SourceLocation {
    ranges = List.copyOf(ranges);
  }
}

package dev.obdbuild.llb;

import java.util.List;

/**
 * Lines that a vertex was made from.
 *
 * @param source index into {@link Graph#sources()}
 */
public record SourceLocation(int source, List<LineRange> ranges) {

  /** Lines from {@code first} to {@code last}, both included, counted from 1. */
  public record LineRange(int first, int last) {}

  public SourceLocation {
    ranges = List.copyOf(ranges);
  }
}

package dev.obdbuild.frontend;

/** Lines of a file from {@code first} to {@code last}, both included, counted from 1. */
public record Lines(int first, int last) {

  public Lines {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("lines " + first + " to " + last);
    }
  }

  /** One line. */
  public static Lines of(int line) {
    return new Lines(line, line);
  }
}

package dev.obdbuild.builder.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Spans of time of which some overlap; what counts is the time that any of them covers. */
final class Intervals {

  private final Map<Instant, Instant> endByStart = new TreeMap<>();

  /** Adds a span, or lengthens the one that starts at the same instant. */
  void add(Instant start, Instant end) {
    endByStart.merge(start, end, (a, b) -> a.isAfter(b) ? a : b);
  }

  Duration covered() {
    Duration sum = Duration.ZERO;
    Instant until = Instant.MIN;
    for (Map.Entry<Instant, Instant> span : endByStart.entrySet()) {
      Instant from = span.getKey().isBefore(until) ? until : span.getKey();
      if (span.getValue().isAfter(from)) {
        sum = sum.plus(Duration.between(from, span.getValue()));
        until = span.getValue();
      }
    }
    return sum;
  }
}

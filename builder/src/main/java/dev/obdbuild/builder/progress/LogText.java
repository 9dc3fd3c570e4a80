package dev.obdbuild.builder.progress;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * The output of one vertex's process, cut into lines, each with the seconds since the vertex
 * started. A line that has no end yet is held back until it gets one or until {@link #flush}.
 */
final class LogText {

  private static final int TAIL_LINES = 10;
  private static final int LONGEST_LINE = 64 * 1024;

  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private final List<String> unprinted = new ArrayList<>();
  private final Deque<String> tail = new ArrayDeque<>();
  private Duration partialSince = Duration.ZERO;

  void append(byte[] chunk, Duration sinceStart) {
    for (byte b : chunk) {
      if (b == '\n') {
        endLine(sinceStart);
        continue;
      }
      if (partial.size() == 0) {
        partialSince = sinceStart;
      }
      partial.write(b);
      if (partial.size() >= LONGEST_LINE) {
        endLine(sinceStart);
      }
    }
  }

  /** Ends a line that has no end. */
  void flush() {
    if (partial.size() > 0) {
      endLine(partialSince);
    }
  }

  /** The lines that came since the last call. */
  List<String> takeUnprinted() {
    List<String> out = List.copyOf(unprinted);
    unprinted.clear();
    return out;
  }

  /** The last lines, oldest first. */
  List<String> tail() {
    return List.copyOf(tail);
  }

  private void endLine(Duration now) {
    Duration at = partial.size() == 0 ? now : partialSince;
    String text = partial.toString(StandardCharsets.UTF_8);
    partial.reset();
    if (text.endsWith("\r")) {
      text = text.substring(0, text.length() - 1);
    }
    String line = String.format(Locale.ROOT, "%.3f %s", at.toNanos() / 1e9, text);
    unprinted.add(line);
    tail.addLast(line);
    if (tail.size() > TAIL_LINES) {
      tail.removeFirst();
    }
  }
}

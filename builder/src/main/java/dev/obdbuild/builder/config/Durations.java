package dev.obdbuild.builder.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as Go's programs spell them: {@code 1h30m}, {@code 500ms}; also {@code 7d}. */
final class Durations {

  private static final Pattern PART =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h|d)");

  private Durations() {}

  /**
   * Reads a time; a bare number is seconds.
   *
   * @throws IllegalArgumentException naming the text
   */
  static Duration parse(String text) {
    if (text.matches("[0-9]{1,15}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    Matcher parts = PART.matcher(text);
    double nanos = 0;
    int end = 0;
    while (parts.find() && parts.start() == end) {
      nanos += Double.parseDouble(parts.group(1)) * unit(parts.group(2)).toNanos();
      end = parts.end();
    }
    if (text.isEmpty() || end != text.length() || nanos > Long.MAX_VALUE) {
      throw new IllegalArgumentException("\"" + text + "\" is no time, such as 90s or 48h");
    }
    return Duration.ofNanos((long) nanos);
  }

  private static Duration unit(String name) {
    return switch (name) {
      case "ns" -> Duration.ofNanos(1);
      case "us", "µs" -> Duration.ofNanos(1000);
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }
}

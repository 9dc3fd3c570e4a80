package dev.obdbuild.builder.history;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go spells them, {@code 1h30m} or {@code -1.5s}, and times of RFC 3339. */
final class GoDuration {

  private static final Pattern PART =
      Pattern.compile("([0-9]+(?:[.][0-9]*)?|[.][0-9]+)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns",
          1L,
          "us",
          1_000L,
          "µs",
          1_000L,
          "ms",
          1_000_000L,
          "s",
          1_000_000_000L,
          "m",
          60_000_000_000L,
          "h",
          3_600_000_000_000L);

  private GoDuration() {}

  /** The duration; empty when the text is none. */
  static Optional<Duration> parse(String text) {
    boolean negative = text.startsWith("-");
    String amount = negative || text.startsWith("+") ? text.substring(1) : text;
    if (amount.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(amount);
    int end = 0;
    while (part.lookingAt()) {
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanos(part))));
      end = part.end();
      part.region(end, amount.length());
    }
    if (end == 0
        || end != amount.length()
        || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      return Optional.empty();
    }
    Duration duration = Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
    return Optional.of(negative ? duration.negated() : duration);
  }

  private static long nanos(Matcher part) {
    Long unit = NANOS.get(part.group(2));
    if (unit == null) {
      throw new IllegalStateException("unit " + part.group(2));
    }
    return unit;
  }

  /**
   * A time of RFC 3339.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("invalid time " + text, e);
    }
  }
}

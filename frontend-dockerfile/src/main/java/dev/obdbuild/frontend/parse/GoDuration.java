package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.oci.json.GoQuote;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 1h2m3.5s}, {@code 300ms}. */
public final class GoDuration {
  private static final Pattern WHOLE =
      Pattern.compile("[+-]?(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h))+|[+-]?0");
  private static final Pattern PART =
      Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
  private static final int MAX_LENGTH = 64;

  private GoDuration() {}

  /** The duration that {@code text} spells. */
  public static Duration parse(String text) throws DockerfileException {
    if (text.length() > MAX_LENGTH || !WHOLE.matcher(text).matches()) {
      boolean number = text.length() <= MAX_LENGTH && text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)");
      throw new DockerfileException(
          "time: "
              + (number ? "missing unit in duration " : "invalid duration ")
              + GoQuote.quote(text));
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit(part.group(2))));
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new DockerfileException("time: invalid duration " + GoQuote.quote(text));
    }
    long value = nanos.setScale(0, RoundingMode.DOWN).longValueExact();
    return Duration.ofNanos(text.startsWith("-") ? -value : value);
  }

  private static BigDecimal unit(String unit) {
    return BigDecimal.valueOf(
        switch (unit) {
          case "h" -> 3_600_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "s" -> 1_000_000_000L;
          case "ms" -> 1_000_000L;
          case "ns" -> 1L;
          default -> 1_000L;
        });
  }

  /** {@code duration} as Go prints it: {@code 1m30s}, {@code 1.5ms}, {@code 0s}. */
  public static String format(Duration duration) {
    long nanos = duration.toNanos();
    String sign = nanos < 0 ? "-" : "";
    BigDecimal value = BigDecimal.valueOf(nanos).abs();
    if (nanos == 0) {
      return "0s";
    }
    BigDecimal second = unit("s");
    if (value.compareTo(second) < 0) {
      String unit =
          value.compareTo(unit("us")) < 0 ? "ns" : value.compareTo(unit("ms")) < 0 ? "µs" : "ms";
      return sign + number(value.divide(unit(unit))) + unit;
    }
    BigDecimal[] minutes = value.divideAndRemainder(unit("m"));
    BigDecimal[] hours = minutes[0].divideAndRemainder(BigDecimal.valueOf(60));
    String text = number(minutes[1].divide(second)) + "s";
    if (minutes[0].signum() > 0) {
      text = hours[1].toBigInteger() + "m" + text;
    }
    return sign + (hours[0].signum() > 0 ? hours[0].toBigInteger() + "h" : "") + text;
  }

  private static String number(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}

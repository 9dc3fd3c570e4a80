package dev.obdbuild.builder.progress;

import java.time.Duration;
import java.util.Locale;

/** Sizes and times as people read them. Units are powers of 1000. */
public final class Amount {

  private static final String[] PREFIX = {"", "k", "M", "G", "T", "P", "E"};

  private Amount() {}

  /** Two digits after the point and no space: {@code 538B}, {@code 6.01kB}, {@code 1.23MB}. */
  static String exact(long bytes) {
    if (bytes < 1000) {
      return bytes + "B";
    }
    int power = power(bytes);
    return String.format(Locale.ROOT, "%.2f%sB", bytes / Math.pow(1000, power), PREFIX[power]);
  }

  /** About three digits: {@code 538 B}, {@code 12.3 MB}, {@code 541 MB}. */
  public static String rounded(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    int power = power(bytes);
    double value = bytes / Math.pow(1000, power);
    String digits =
        value < 100
            ? String.format(Locale.ROOT, "%.1f", value)
            : String.format(Locale.ROOT, "%.0f", value);
    return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits)
        + " "
        + PREFIX[power]
        + "B";
  }

  /** Seconds with one digit: {@code 0.1s}. */
  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1fs", time.toNanos() / 1e9);
  }

  private static int power(long bytes) {
    int power = 0;
    for (long rest = bytes; rest >= 1000; rest /= 1000) {
      power++;
    }
    return power;
  }
}

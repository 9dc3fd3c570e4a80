package dev.obdbuild.builder.cli;

import java.time.Duration;
import java.time.Instant;

/** How long ago something was, in one unit. */
final class Ages {

  private Ages() {}

  static String since(Instant then, Instant now) {
    Duration age = Duration.between(then, now);
    if (age.toDays() > 0) {
      return count(age.toDays(), "day");
    }
    if (age.toHours() > 0) {
      return count(age.toHours(), "hour");
    }
    return age.toMinutes() > 0
        ? count(age.toMinutes(), "minute")
        : count(Math.max(age.toSeconds(), 0), "second");
  }

  private static String count(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s") + " ago";
  }
}

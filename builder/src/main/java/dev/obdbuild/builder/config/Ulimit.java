package dev.obdbuild.builder.config;

import java.util.Set;

/**
 * A resource limit of every RUN step.
 *
 * @param name as in {@code ulimit}: nofile, nproc, core…
 * @param soft -1 for none
 * @param hard -1 for none
 */
public record Ulimit(String name, long soft, long hard) {

  private static final Set<String> NAMES =
      Set.of(
          "as",
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  /**
   * Reads {@code NAME=SOFT[:HARD]}.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static Ulimit parse(String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    if (equals < 0 || !NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "--ulimit "
              + text
              + ": write it as NAME=SOFT[:HARD], NAME one of "
              + String.join(", ", NAMES.stream().sorted().toList()));
    }
    String[] limits = text.substring(equals + 1).split(":", -1);
    try {
      long soft = Long.parseLong(limits[0]);
      long hard = limits.length > 1 ? Long.parseLong(limits[1]) : soft;
      if (limits.length > 2 || soft < -1 || hard < -1) {
        throw new NumberFormatException(text);
      }
      if (hard != -1 && (soft > hard || soft == -1)) {
        throw new IllegalArgumentException(
            "--ulimit " + text + ": the soft limit is above the hard one");
      }
      return new Ulimit(name, soft, hard);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--ulimit " + text + ": limits are numbers, -1 for none", e);
    }
  }

  @Override
  public String toString() {
    return name + "=" + soft + ":" + hard;
  }
}

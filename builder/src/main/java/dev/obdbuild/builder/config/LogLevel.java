package dev.obdbuild.builder.config;

import java.util.Locale;

/** What a daemon's log tells, from the least to everything. */
public enum LogLevel {
  /** Faults of the daemon's own. */
  ERROR,
  /** Also what its owner should know. */
  WARNING,
  /** Also what happens as it should. */
  INFO,
  /** Also calls that failed by others' faults, and every failure with its stack trace. */
  DEBUG;

  /**
   * As BuildKit spells levels.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static LogLevel parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "panic", "fatal", "error" -> ERROR;
      case "warn", "warning" -> WARNING;
      case "info" -> INFO;
      case "debug", "trace" -> DEBUG;
      default ->
          throw new IllegalArgumentException(
              "must be panic, fatal, error, warn, info, debug or trace, not \"" + text + "\"");
    };
  }

  /** Whether messages of a level are told. */
  public boolean tells(LogLevel level) {
    return level.ordinal() <= ordinal();
  }
}

package dev.obdbuild.pusher.output;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * The time after which nothing in an output is dated ({@code SOURCE_DATE_EPOCH}).
 *
 * @param given whether the exporter was told; if so, even no time wins over the frontend's
 */
public record EpochChoice(boolean given, Optional<Instant> time) {

  /** The exporter was not told. */
  public static final EpochChoice UNSET = new EpochChoice(false, Optional.empty());

  static EpochChoice take(Attributes attributes) {
    return attributes
        .text("source-date-epoch")
        .map(text -> new EpochChoice(true, parse("source-date-epoch", text)))
        .orElse(UNSET);
  }

  /**
   * The time that a number of seconds since 1970 names; empty for an empty text.
   *
   * @param key names it in errors
   * @throws IllegalArgumentException if it is no number
   */
  public static Optional<Instant> parse(String key, String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    } catch (NumberFormatException | DateTimeException e) {
      throw new IllegalArgumentException(
          "invalid " + key + ": \"" + text + "\" is not a number of seconds", e);
    }
  }

  /** The time that counts, {@code fromFrontend} being what the result itself says. */
  public Optional<Instant> or(Optional<Instant> fromFrontend) {
    return given ? time : fromFrontend;
  }
}

package dev.obdbuild.oci.image;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as Go writes them in JSON: RFC 3339 in UTC, nanoseconds with trailing zeros trimmed. */
public final class Rfc3339 {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

  /** The years that RFC 3339 has digits for. */
  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private Rfc3339() {}

  /** {@code time} as text, for example {@code 2026-11-23T03:50:50.4783Z}. */
  public static String format(Instant time) {
    String seconds = SECONDS.format(time.atOffset(ZoneOffset.UTC));
    if (time.getNano() == 0) {
      return seconds + "Z";
    }
    return seconds + "." + String.format("%09d", time.getNano()).replaceAll("0+$", "") + "Z";
  }

  /**
   * The instant that {@code text} names.
   *
   * @throws IllegalArgumentException if it is not a time of RFC 3339, or not in one of its years in
   *     UTC
   */
  public static Instant parse(String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (time.isBefore(FIRST) || time.isAfter(LAST)) {
        throw new DateTimeException("not within the years 0 to 9999 of UTC");
      }
      return time;
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is not a time of RFC 3339", e);
    }
  }
}

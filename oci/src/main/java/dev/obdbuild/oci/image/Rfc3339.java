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
   * @throws IllegalArgumentException if it is not a time of RFC 3339
   */
  public static Instant parse(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is not a time of RFC 3339", e);
    }
  }
}

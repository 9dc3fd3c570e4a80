package dev.obdbuild.oci.tar;

/**
 * A file's time.
 *
 * @param seconds since 1970, may be negative
 * @param nanos 0 to 999,999,999, added to the seconds
 */
public record TarTime(long seconds, int nanos) {
  /** The start of 1970. */
  public static final TarTime EPOCH = new TarTime(0, 0);

  /**
   * @throws IllegalArgumentException if {@code nanos} is out of range
   */
  public TarTime {
    if (nanos < 0 || nanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds " + nanos);
    }
  }

  /**
   * The time that a decimal number of seconds spells, as PAX has it; digits after the ninth are cut
   * off.
   *
   * @throws IllegalArgumentException if it is no such number, or of more than 18 digits before the
   *     point
   */
  static TarTime parse(String text) {
    if (!text.matches("-?[0-9]{1,18}(\\.[0-9]*)?")) {
      throw new IllegalArgumentException("'" + text + "' is not a time");
    }
    int point = text.indexOf('.');
    long seconds = Long.parseLong(point < 0 ? text : text.substring(0, point));
    String fraction = point < 0 ? "" : text.substring(point + 1);
    int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
    if (!text.startsWith("-") || nanos == 0) {
      return new TarTime(seconds, nanos);
    }
    return new TarTime(seconds - 1, 1_000_000_000 - nanos);
  }

  /** The decimal number that {@link #parse} reads. */
  String format() {
    if (nanos == 0) {
      return Long.toString(seconds);
    }
    boolean negative = seconds < 0;
    long whole = negative ? -(seconds + 1) : seconds;
    int part = negative ? 1_000_000_000 - nanos : nanos;
    return (negative ? "-" : "") + whole + "." + String.format("%09d", part).replaceAll("0+$", "");
  }
}

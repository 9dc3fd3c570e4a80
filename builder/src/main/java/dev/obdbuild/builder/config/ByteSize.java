package dev.obdbuild.builder.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as Docker's flags spell them: {@code 64m}, {@code 1g}, {@code 10GiB}; units are powers of
 * 1024.
 */
public final class ByteSize {

  private static final Pattern FORM = Pattern.compile("([0-9]+)([.][0-9]+)? ?([kmgtp]?)(i?b)?");
  private static final String UNITS = "kmgtp";

  private ByteSize() {}

  /**
   * The number of bytes.
   *
   * @throws IllegalArgumentException when the text is not a size or too large for 63 bits
   */
  public static long parse(String text) {
    Matcher m = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size: write a number with k, m, g or t, such as 64g");
    }
    long unit = m.group(3).isEmpty() ? 1 : 1L << 10 * (UNITS.indexOf(m.group(3)) + 1);
    try {
      long whole = Math.multiplyExact(Long.parseLong(m.group(1)), unit);
      String fraction = m.group(2);
      return fraction == null
          ? whole
          : Math.addExact(whole, (long) (Double.parseDouble("0" + fraction) * unit));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is too large a size", e);
    }
  }
}

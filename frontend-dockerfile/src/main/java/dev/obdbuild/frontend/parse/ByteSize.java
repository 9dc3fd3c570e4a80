package dev.obdbuild.frontend.parse;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes with units of 1024: {@code 64m}, {@code 1.5GiB}, {@code 512}. */
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,20}(?:\\.\\d{1,20})?) ?([kmgtp]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);

  private ByteSize() {}

  /** The number of bytes, empty if {@code text} is no size or does not fit a long. */
  public static Optional<Long> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2).toLowerCase(Locale.ROOT);
    int power = unit.isEmpty() ? 0 : 1 + "kmgtp".indexOf(unit);
    BigDecimal bytes =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? Optional.empty()
        : Optional.of(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
  }
}

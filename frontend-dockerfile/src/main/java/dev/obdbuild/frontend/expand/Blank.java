package dev.obdbuild.frontend.expand;

/** White space as Go's {@code unicode.IsSpace} knows it, which is not Java's. */
public final class Blank {
  private Blank() {}

  /** Whether {@code c} is white space. */
  public static boolean is(int c) {
    return switch (c) {
      case '\t',
          '\n',
          0x0b,
          '\f',
          '\r',
          ' ',
          0x85,
          0xa0,
          0x1680,
          0x2028,
          0x2029,
          0x202f,
          0x205f,
          0x3000 ->
          true;
      default -> c >= 0x2000 && c <= 0x200a;
    };
  }

  /** {@code text} without white space at its start. */
  public static String trimLeft(String text) {
    int start = 0;
    while (start < text.length() && is(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  /** {@code text} without white space at either end. */
  public static String trim(String text) {
    int end = text.length();
    while (end > 0 && is(text.charAt(end - 1))) {
      end--;
    }
    return trimLeft(text.substring(0, end));
  }
}

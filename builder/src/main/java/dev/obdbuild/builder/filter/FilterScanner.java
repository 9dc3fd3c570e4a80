package dev.obdbuild.builder.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** The words of one filter, from left to right. White space between them does not count. */
final class FilterScanner {

  private static final int MOST_CHARS = 64 << 10;

  private final String text;
  private int at;

  FilterScanner(String text) {
    if (text.length() > MOST_CHARS) {
      throw new IllegalArgumentException("filter of " + text.length() + " characters");
    }
    this.text = text;
  }

  boolean atEnd() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at == text.length();
  }

  boolean isNext(char c) {
    return !atEnd() && text.charAt(at) == c;
  }

  /** Goes past {@code c} if it comes next. */
  boolean skip(char c) {
    boolean there = isNext(c);
    if (there) {
      at++;
    }
    return there;
  }

  String field() {
    if (isNext('"')) {
      return quoted();
    }
    int start = at;
    while (at < text.length() && isFieldChar(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw error("expected a field");
    }
    return text.substring(start, at);
  }

  String operator() {
    atEnd();
    int start = at;
    while (at < text.length() && "=!~".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == start) {
      throw error("expected ==, != or ~=");
    }
    return text.substring(start, at);
  }

  /**
   * A value.
   *
   * @param pattern whether it is a regular expression, which may be quoted with / or | too
   */
  String value(boolean pattern) {
    if (isNext('"') || (pattern && (isNext('/') || isNext('|')))) {
      return quoted();
    }
    if (isNext('/') || isNext('|')) {
      throw error("this quote is for ~= only");
    }
    int start = at;
    while (at < text.length() && isValueChar(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw error("expected a value");
    }
    return text.substring(start, at);
  }

  Pattern pattern() {
    int start = at;
    String value = value(true);
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      at = start;
      throw error("not a regular expression: " + e.getMessage());
    }
  }

  private String quoted() {
    char quote = text.charAt(at);
    int start = at++;
    StringBuilder out = new StringBuilder();
    while (at < text.length() && text.charAt(at) != quote) {
      char c = text.charAt(at++);
      if (c == '\n') {
        at = start;
        throw error("a quote that does not end");
      }
      if (c == '\\') {
        escape(quote, out);
      } else {
        out.append(c);
      }
    }
    if (at >= text.length()) {
      at = start;
      throw error("a quote that does not end");
    }
    at++;
    return out.toString();
  }

  private void escape(char quote, StringBuilder out) {
    char c = at < text.length() ? text.charAt(at++) : '\0';
    if (c == quote) {
      out.append(c);
      return;
    }
    switch (c) {
      case 'a' -> out.append('\u0007');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'v' -> out.append('\u000b');
      case '\\' -> out.append('\\');
      case 'x' -> out.appendCodePoint(number(2, 16));
      case 'u' -> out.appendCodePoint(number(4, 16));
      case 'U' -> out.appendCodePoint(number(8, 16));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        out.appendCodePoint(number(3, 8));
      }
      default -> {
        at--;
        throw error("unknown escape");
      }
    }
  }

  private int number(int digits, int radix) {
    int start = at;
    try {
      at = Math.min(at + digits, text.length());
      int value = Integer.parseUnsignedInt(text, start, at, radix);
      if (at - start == digits && Character.isValidCodePoint(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      at = start;
      throw error("not " + digits + " digits: " + e.getMessage());
    }
    at = start;
    throw error("not a character");
  }

  private static boolean isFieldChar(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private static boolean isValueChar(char c) {
    return c != ',' && !Character.isWhitespace(c) && !Character.isISOControl(c);
  }

  IllegalArgumentException error(String problem) {
    return new IllegalArgumentException("filter '" + text + "' at " + at + ": " + problem);
  }
}

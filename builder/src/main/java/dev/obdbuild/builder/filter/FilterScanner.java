package dev.obdbuild.builder.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** The words of one filter, from left to right. White space between them does not count. */
final class FilterScanner {

  private static final int MOST_CHARS = 64 << 10;

  /** In a regular expression: how often something comes again. */
  private static final java.util.regex.Pattern COUNT =
      java.util.regex.Pattern.compile("\\{([0-9]+)(?:,([0-9]*))?\\}");

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
    if (steps(value) > MOST_CHARS) {
      at = start;
      throw error("a regular expression of more than " + MOST_CHARS + " steps");
    }
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      at = start;
      throw error("not a regular expression: " + e.getMessage());
    }
  }

  /**
   * How many steps a regular expression may have at most: one a character, and as many copies as a
   * count asks for. The library makes them all, and counts in counted groups multiply; for a count
   * behind anything but a character or a class, all before it is taken for the group.
   */
  private static long steps(String regex) {
    long steps = 0;
    Matcher count = COUNT.matcher(regex);
    int counted = 0;
    while (count.find() && steps <= MOST_CHARS) {
      steps += count.start() - counted;
      counted = count.end();
      long times = Math.max(times(count.group(1)), times(count.group(2)));
      char before = count.start() == 0 ? ')' : regex.charAt(count.start() - 1);
      // Behind \E may stand a group, too.
      boolean one = before == ']' || before == '.' || (isFieldChar(before) && before != 'E');
      steps = one ? steps + times : steps * Math.max(times, 1);
    }
    return steps + regex.length() - counted;
  }

  /** More than any count that the library takes is as good as that. */
  private static long times(@Nullable String digits) {
    return digits == null || digits.isEmpty()
        ? 0
        : digits.length() > 4 ? MOST_CHARS : Integer.parseInt(digits);
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

package dev.obdbuild.builder.policy;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression as Go writes them. It comes from outside: a match that takes too many steps
 * fails, as patterns can be made that would take for ever.
 *
 * @param pattern the same for Java
 */
record GoRegex(Pattern pattern) {

  private static final int MOST_STEPS = 5_000_000;
  private static final int LONGEST = 4 << 10;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException naming it, when it is none
   */
  static GoRegex of(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "regex of a source policy has " + text.length() + " characters, more than " + LONGEST);
    }
    try {
      return new GoRegex(Pattern.compile(text.replace("(?P<", "(?<"), Pattern.UNIX_LINES));
    } catch (StackOverflowError e) {
      // The JDK reads and matches what is nested by calling itself; nothing is left half done.
      throw new IllegalArgumentException("invalid regex: it is nested too deep", e);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("invalid regex \"" + text + "\": " + e.getMessage(), e);
    }
  }

  /** Whether it is found anywhere in a text. */
  boolean isIn(String text) throws IOException {
    try {
      return matcher(text).find();
    } catch (TooManyStepsException | StackOverflowError e) {
      throw tooSlow(text, e);
    }
  }

  /** The text with each occurrence replaced by what the template makes of it. */
  String replaceAll(String text, String template) throws IOException {
    try {
      return replaced(text, template);
    } catch (TooManyStepsException | StackOverflowError e) {
      throw tooSlow(text, e);
    }
  }

  private String replaced(String text, String template) {
    Matcher matcher = matcher(text);
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int last = -1;
    while (matcher.find()) {
      boolean nothingMore = matcher.start() == matcher.end() && matcher.start() == last;
      last = matcher.end();
      if (nothingMore) {
        // Go sees no empty match right behind another match.
        continue;
      }
      out.append(text, copied, matcher.start());
      out.append(new GoTemplate(template, name -> group(matcher, name)).expand());
      copied = matcher.end();
    }
    return out.append(text, copied, text.length()).toString();
  }

  private static String group(Matcher matcher, String name) {
    int index = index(name);
    if (index > matcher.groupCount()) {
      return "";
    }
    Integer named = matcher.namedGroups().get(name);
    int group = index >= 0 ? index : named == null ? -1 : named;
    String text = group < 0 ? null : matcher.group(group);
    return text == null ? "" : text;
  }

  /** The number that a group's name is; -1 if it is none. */
  static int index(String name) {
    return name.length() < 6 && name.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Integer.parseInt(name)
        : -1;
  }

  private Matcher matcher(String text) {
    return pattern.matcher(new Counted(text, new int[1]));
  }

  private IOException tooSlow(String text, Throwable e) {
    return new IOException(
        "regex \"" + pattern + "\" of a source policy takes too long for " + text, e);
  }

  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A text that can be looked at only so often. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Counted(CharSequence text, int[] steps) implements CharSequence {

    @Override
    public char charAt(int index) {
      if (++steps[0] > MOST_STEPS) {
        throw new TooManyStepsException();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}

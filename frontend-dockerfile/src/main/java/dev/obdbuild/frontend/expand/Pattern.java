package dev.obdbuild.frontend.expand;

import com.google.re2j.Matcher;
import dev.obdbuild.frontend.DockerfileException;

/** A shell pattern of {@code ${name#pattern}} and its kin: {@code *}, {@code ?}, no brackets. */
final class Pattern {
  private final String glob;

  Pattern(String glob) {
    this.glob = glob;
  }

  String withoutPrefix(String value, boolean longest) throws DockerfileException {
    Matcher matcher = compile(glob, longest, true).matcher(value);
    return matcher.find() ? value.substring(matcher.end()) : value;
  }

  /** A suffix is the prefix of everything read backwards. */
  String withoutSuffix(String value, boolean longest) throws DockerfileException {
    String backwards = new StringBuilder(value).reverse().toString();
    Matcher matcher = compile(backwards(glob), longest, true).matcher(backwards);
    return matcher.find() ? value.substring(0, value.length() - matcher.end()) : value;
  }

  String replace(String value, String replacement, boolean all, long limit)
      throws DockerfileException {
    Matcher matcher = compile(glob, true, false).matcher(value);
    StringBuilder out = new StringBuilder();
    int copied = 0;
    int lastEnd = -1;
    while (matcher.find()) {
      // An empty match directly behind another one is none.
      if (matcher.end() > matcher.start() || matcher.start() != lastEnd) {
        out.append(value, copied, matcher.start()).append(replacement);
        copied = matcher.end();
      }
      lastEnd = matcher.end();
      if (!all || out.length() > limit) {
        break;
      }
    }
    return out.append(value, copied, value.length()).toString();
  }

  private com.google.re2j.Pattern compile(String pattern, boolean greedy, boolean anchored)
      throws DockerfileException {
    StringBuilder regex = new StringBuilder(anchored ? "^" : "");
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      switch (c) {
        case '*' -> regex.append(greedy ? ".*" : ".*?");
        case '?' -> regex.append('.');
        case '\\' -> {
          char next = i + 1 < pattern.length() ? pattern.charAt(i + 1) : '\uFFFD';
          if (next == '}' || next == '/') {
            continue;
          }
          if (next != '*' && next != '?' && next != '\\') {
            throw new DockerfileException(
                "invalid pattern (" + glob + ") in substitution: invalid escape '\\" + next + "'");
          }
          regex.append('\\').append(next);
          i++;
        }
        default -> regex.append(com.google.re2j.Pattern.quote(String.valueOf(c)));
      }
    }
    return com.google.re2j.Pattern.compile(regex.toString());
  }

  /** The pattern from its end to its start, with an escape still before what it protects. */
  private static String backwards(String pattern) {
    StringBuilder out = new StringBuilder(pattern.length());
    int i = pattern.length();
    while (i > 0) {
      char c = pattern.charAt(--i);
      int escapes = 0;
      while (i - 1 - escapes >= 0 && pattern.charAt(i - 1 - escapes) == '\\') {
        escapes++;
      }
      if (escapes % 2 == 1) {
        out.append('\\').append(c);
        i--;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}

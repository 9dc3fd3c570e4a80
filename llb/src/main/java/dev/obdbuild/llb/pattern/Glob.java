package dev.obdbuild.llb.pattern;

import java.util.ArrayList;
import java.util.List;

/**
 * One wildcard pattern: {@code *} and {@code ?} stay within a component, {@code [a-z]} and {@code
 * [^a-z]} are classes, {@code \} takes the next character as it is. {@link #recursive} also knows
 * {@code **}. Matching takes time linear in pattern times name, whatever the pattern.
 */
public final class Glob {
  private final Token[] tokens;

  private Glob(List<Token> tokens) {
    this.tokens = tokens.toArray(Token[]::new);
  }

  private sealed interface Token permits Literal, AnyOne, Star, Rest, Folders, CharClass {}

  private record Literal(int codePoint) implements Token {}

  /** {@code ?}. */
  private record AnyOne() implements Token {}

  /** {@code *}: any run without a slash. */
  private record Star() implements Token {}

  /** {@code **} at the end: anything. */
  private record Rest() implements Token {}

  /** {@code **} elsewhere: nothing, or anything that ends with a slash. */
  private record Folders() implements Token {}

  /** Pairs of first and last code point. */
  @SuppressWarnings("ArrayRecordComponent")
  private record CharClass(boolean negated, int[] ranges) implements Token {
    boolean holds(int codePoint) {
      for (int i = 0; i < ranges.length; i += 2) {
        if (ranges[i] <= codePoint && codePoint <= ranges[i + 1]) {
          return !negated;
        }
      }
      return negated;
    }
  }

  /** Whether {@code pattern} has a wildcard that no backslash protects. */
  public static boolean hasWildcard(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '*' || c == '?' || c == '[') {
        return true;
      }
    }
    return false;
  }

  /** The pattern as COPY sources use it: matches a whole path, each component for itself. */
  public static Glob perComponent(String pattern) throws BadPatternException {
    return new Glob(parse(pattern, false));
  }

  /** The pattern as .dockerignore lines use it, {@code **} included. */
  static Glob recursive(String pattern) throws BadPatternException {
    return new Glob(parse(pattern, true));
  }

  private static List<Token> parse(String pattern, boolean recursive) throws BadPatternException {
    int[] chars = pattern.codePoints().toArray();
    List<Token> tokens = new ArrayList<>();
    int i = 0;
    while (i < chars.length) {
      int c = chars[i++];
      if (c == '*') {
        if (recursive && i < chars.length && chars[i] == '*') {
          i++;
          if (i < chars.length && chars[i] == '/') {
            i++;
          }
          tokens.add(i == chars.length ? new Rest() : new Folders());
        } else {
          tokens.add(new Star());
        }
      } else if (c == '?') {
        tokens.add(new AnyOne());
      } else if (c == '[') {
        i = parseClass(pattern, chars, i, tokens);
      } else if (c == '\\') {
        if (i == chars.length) {
          throw bad(pattern);
        }
        tokens.add(new Literal(chars[i++]));
      } else {
        tokens.add(new Literal(c));
      }
    }
    return tokens;
  }

  private static int parseClass(String pattern, int[] chars, int start, List<Token> tokens)
      throws BadPatternException {
    int i = start;
    boolean negated = i < chars.length && chars[i] == '^';
    if (negated) {
      i++;
    }
    List<Integer> ranges = new ArrayList<>();
    while (i < chars.length && (chars[i] != ']' || ranges.isEmpty())) {
      int[] next = {i};
      int low = classChar(pattern, chars, next);
      int high = low;
      if (chars[next[0]] == '-') {
        next[0]++;
        high = classChar(pattern, chars, next);
      }
      ranges.add(low);
      ranges.add(high);
      i = next[0];
    }
    if (i == chars.length) {
      throw bad(pattern);
    }
    tokens.add(new CharClass(negated, ranges.stream().mapToInt(Integer::intValue).toArray()));
    return i + 1;
  }

  /**
   * Reads one character of a class at {@code at[0]} and moves on; something must still follow it.
   */
  private static int classChar(String pattern, int[] chars, int[] at) throws BadPatternException {
    int i = at[0];
    if (i < chars.length && chars[i] == '\\') {
      i++;
    } else if (i < chars.length && (chars[i] == '-' || chars[i] == ']')) {
      throw bad(pattern);
    }
    if (i + 1 >= chars.length) {
      throw bad(pattern);
    }
    at[0] = i + 1;
    return chars[i];
  }

  private static BadPatternException bad(String pattern) {
    return new BadPatternException("syntax error in pattern: " + pattern);
  }

  /** Whether the whole of {@code text} matches. */
  public boolean matches(String text) {
    int n = tokens.length;
    // State i: tokens before i are matched. State n + 1 + i: inside the Folders token i, not yet at
    // a slash.
    boolean[] now = new boolean[2 * n + 1];
    boolean[] next = new boolean[2 * n + 1];
    enter(now, 0);
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      java.util.Arrays.fill(next, false);
      boolean alive = false;
      for (int i = 0; i < n; i++) {
        boolean inside = tokens[i] instanceof Folders && now[n + 1 + i];
        if (now[i] || inside) {
          alive |= step(next, i, c);
        }
      }
      if (!alive) {
        return false;
      }
      boolean[] swap = now;
      now = next;
      next = swap;
    }
    return now[n];
  }

  /** Token {@code i} sees {@code c}; marks where that leads. */
  private boolean step(boolean[] next, int i, int c) {
    switch (tokens[i]) {
      case Literal literal when literal.codePoint() == c -> enter(next, i + 1);
      case AnyOne _ when c != '/' -> enter(next, i + 1);
      case CharClass chars when chars.holds(c) -> enter(next, i + 1);
      case Star _ when c != '/' -> enter(next, i);
      case Rest _ -> enter(next, i);
      case Folders _ -> {
        next[tokens.length + 1 + i] = true;
        if (c == '/') {
          enter(next, i + 1);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void enter(boolean[] states, int state) {
    int i = state;
    states[i] = true;
    while (i < tokens.length
        && (tokens[i] instanceof Star
            || tokens[i] instanceof Rest
            || tokens[i] instanceof Folders)) {
      states[++i] = true;
    }
  }
}

package dev.obdbuild.frontend.ignore;

/** The syntax of file patterns: {@code * ? [a-z] [^a-z]} and a backslash before anything else. */
final class PatternSyntax {
  private PatternSyntax() {}

  /** Whether {@code pattern} has no unfinished class and no escape at its end. */
  static boolean isValid(String pattern) {
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i++);
      if (c == '\\') {
        if (i == pattern.length()) {
          return false;
        }
        i++;
      } else if (c == '[') {
        i = afterClass(pattern, i);
        if (i < 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** The index behind the class that starts at {@code start}, -1 if it is wrong. */
  private static int afterClass(String pattern, int start) {
    int i = start;
    if (i < pattern.length() && pattern.charAt(i) == '^') {
      i++;
    }
    boolean any = false;
    while (i < pattern.length()) {
      if (pattern.charAt(i) == ']' && any) {
        return i + 1;
      }
      i = afterCharacter(pattern, i);
      if (i >= 0 && i < pattern.length() && pattern.charAt(i) == '-') {
        i = afterCharacter(pattern, i + 1);
      }
      if (i < 0) {
        return -1;
      }
      any = true;
    }
    return -1;
  }

  private static int afterCharacter(String pattern, int start) {
    if (start >= pattern.length()) {
      return -1;
    }
    char c = pattern.charAt(start);
    if (c == '-' || c == ']') {
      return -1;
    }
    if (c == '\\') {
      return start + 1 < pattern.length() ? start + 2 : -1;
    }
    return start + Character.charCount(pattern.codePointAt(start));
  }
}

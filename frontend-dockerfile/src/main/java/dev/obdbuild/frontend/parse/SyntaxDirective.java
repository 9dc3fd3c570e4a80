package dev.obdbuild.frontend.parse;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the frontend that a file asks for, also where the file is no Dockerfile. */
final class SyntaxDirective {
  private static final Pattern SLASHES =
      Pattern.compile("//\\s*syntax\\s*=\\s*(.+?)\\s*", Pattern.CASE_INSENSITIVE);
  private static final Pattern HASH =
      Pattern.compile("#\\s*syntax\\s*=\\s*(.+?)\\s*", Pattern.CASE_INSENSITIVE);

  private SyntaxDirective() {}

  /**
   * @param directive what the ordinary directive says, which wins
   */
  static Optional<String> of(String text, Optional<String> directive) {
    if (directive.isPresent()) {
      return directive;
    }
    String first = line(text, 0);
    if (first.startsWith("#!")) {
      int next = text.indexOf('\n');
      return next < 0 ? Optional.empty() : match(HASH, line(text, next + 1));
    }
    return match(SLASHES, first);
  }

  private static String line(String text, int from) {
    int end = text.indexOf('\n', from);
    return text.substring(from, end < 0 ? text.length() : end).strip();
  }

  private static Optional<String> match(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}

package dev.obdbuild.builder.policy;

import java.util.function.Function;

/**
 * Texts with references to groups, as Go's regular expressions expand them: {@code $1}, {@code
 * ${1}}, {@code ${name}}, {@code $$}. A name is as long as it can be; unknown ones are empty.
 */
final class GoTemplate {

  private final String template;
  private final Function<String, String> groups;

  /**
   * @param groups what a name stands for; empty for none
   */
  GoTemplate(String template, Function<String, String> groups) {
    this.template = template;
    this.groups = groups;
  }

  String expand() {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      int dollar = template.indexOf('$', at);
      if (dollar < 0) {
        break;
      }
      out.append(template, at, dollar);
      at = reference(dollar + 1, out);
    }
    return out.append(template, at, template.length()).toString();
  }

  /** Appends what stands behind a dollar, and returns where the text goes on. */
  private int reference(int start, StringBuilder out) {
    if (start < template.length() && template.charAt(start) == '$') {
      out.append('$');
      return start + 1;
    }
    boolean braced = start < template.length() && template.charAt(start) == '{';
    int first = braced ? start + 1 : start;
    int end = first;
    while (end < template.length() && isName(template.charAt(end))) {
      end++;
    }
    boolean closed = !braced || (end < template.length() && template.charAt(end) == '}');
    if (end == first || !closed) {
      out.append('$');
      return start;
    }
    out.append(groups.apply(template.substring(first, end)));
    return braced ? end + 1 : end;
  }

  private static boolean isName(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }
}

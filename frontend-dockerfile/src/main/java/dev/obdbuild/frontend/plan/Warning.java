package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.Lines;
import java.util.List;

/**
 * Something that builds but looks wrong.
 *
 * @param rule the name of the check, for example {@code WorkdirRelativePath}
 * @param message what is wrong, without the rule's name
 */
public record Warning(String rule, String message, String description, Lines lines) {

  /** Where the rule is explained. */
  public String url() {
    StringBuilder kebab = new StringBuilder();
    List<String> parts = List.of(rule.split("(?<=[a-z])(?=[A-Z])"));
    parts.forEach(part -> kebab.append(kebab.isEmpty() ? "" : "-").append(part));
    return "https://docs.docker.com/go/dockerfile/rule/"
        + kebab.toString().toLowerCase(java.util.Locale.ROOT)
        + "/";
  }

  /** One line, as clients print it. */
  @Override
  public String toString() {
    return rule + ": " + message + " (line " + lines.first() + ")";
  }
}

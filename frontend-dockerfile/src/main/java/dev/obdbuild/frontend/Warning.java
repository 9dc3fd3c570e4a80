package dev.obdbuild.frontend;

/**
 * Something that builds but looks wrong.
 *
 * @param rule the name of the check, for example {@code WorkdirRelativePath}
 * @param message what is wrong, without the rule's name
 * @param description what the rule is for
 * @param url where the rule is explained, or empty
 */
public record Warning(String rule, String message, String description, String url, Lines lines) {

  /** One line, as clients print it. */
  @Override
  public String toString() {
    return rule + ": " + message + " (line " + lines.first() + ")";
  }
}

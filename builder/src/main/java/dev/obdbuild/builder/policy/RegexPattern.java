package dev.obdbuild.builder.policy;

import java.io.IOException;

/** A regular expression that may match anywhere in an identifier. */
record RegexPattern(GoRegex regex) implements IdentifierPattern {

  @Override
  public boolean matches(String identifier) throws IOException {
    return regex.isIn(identifier);
  }

  @Override
  public String format(String identifier, String template) throws IOException {
    return regex.replaceAll(identifier, template);
  }
}

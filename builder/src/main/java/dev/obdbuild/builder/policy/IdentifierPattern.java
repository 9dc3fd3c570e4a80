package dev.obdbuild.builder.policy;

import dev.obdbuild.protos.sourcepolicy.MatchType;
import java.io.IOException;

/** What a rule's identifier matches, and how parts of a match are used. */
interface IdentifierPattern {

  /** Whether an identifier other than the pattern's own text matches. */
  boolean matches(String identifier) throws IOException;

  /** A template with what matched put in; for an identifier that matches. */
  String format(String identifier, String template) throws IOException;

  /**
   * The pattern of a rule.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  static IdentifierPattern of(MatchType type, String text) {
    return switch (type) {
      case EXACT -> new Exact();
      case WILDCARD -> WildcardPattern.of(text);
      case REGEX -> new RegexPattern(GoRegex.of(text));
      case UNRECOGNIZED -> throw new IllegalArgumentException("unknown match type: " + type);
    };
  }

  /** Matches nothing but its own text. */
  record Exact() implements IdentifierPattern {
    @Override
    public boolean matches(String identifier) {
      return false;
    }

    @Override
    public String format(String identifier, String template) {
      return template;
    }
  }
}

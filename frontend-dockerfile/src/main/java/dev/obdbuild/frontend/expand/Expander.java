package dev.obdbuild.frontend.expand;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.oci.json.GoQuote;

/** Expands texts with one escape character. Not thread-safe: it counts what it has produced. */
public final class Expander {
  private final char escape;
  private final Allowance allowance = new Allowance();

  public Expander(char escape) {
    this.escape = escape;
  }

  /**
   * Expands {@code text}.
   *
   * @throws DockerfileException {@code failed to process "text": ...} on a syntax error or when a
   *     {@code ${name:?}} refuses
   */
  public Expanded expand(String text, Variables variables, Style style) throws DockerfileException {
    return expand(text, variables, style, escape);
  }

  /** Expands the body of a here-document, where the escape character is always a backslash. */
  public Expanded expandBody(String text, Variables variables) throws DockerfileException {
    return expand(text, variables, Style.BODY, '\\');
  }

  /** The text {@code word} expands to, as an argument of an instruction. */
  public String word(String word, Variables variables) throws DockerfileException {
    return expand(word, variables, Style.WORD).text();
  }

  private Expanded expand(String text, Variables variables, Style style, char escapeChar)
      throws DockerfileException {
    try {
      return new WordScanner(text, variables, style, escapeChar, allowance).scan();
    } catch (DockerfileException e) {
      throw e.prefixed("failed to process " + GoQuote.quote(shortened(text)) + ": ");
    }
  }

  private static String shortened(String text) {
    return text.length() <= 4096 ? text : text.substring(0, 4096) + "...";
  }
}

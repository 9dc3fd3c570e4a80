package dev.obdbuild.frontend.expand;

/**
 * What expansion leaves alone.
 *
 * @param keepQuotes quotes stay in the result (they still protect what they hold)
 * @param keepEscapes escape characters stay in the result
 * @param plainQuotes quotes are ordinary characters
 * @param keepUnset references to variables that are not set stay as they are
 */
public record Style(
    boolean keepQuotes, boolean keepEscapes, boolean plainQuotes, boolean keepUnset) {

  /** Arguments of instructions. */
  public static final Style WORD = new Style(false, false, false, false);

  /** Bodies of here-documents. */
  public static final Style BODY = new Style(false, false, true, false);

  /** Names of RUN steps. */
  public static final Style DISPLAY = new Style(true, false, false, true);

  /** Looking for here-documents: nothing is lost. */
  public static final Style RAW = new Style(true, true, false, true);

  /** The word that ends a here-document. */
  public static final Style TERMINATOR = new Style(false, false, false, true);

  /** The same word with its quotes, to see whether it has any. */
  public static final Style QUOTED_TERMINATOR = new Style(true, false, false, true);
}

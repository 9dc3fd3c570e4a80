package dev.obdbuild.frontend.expand;

import java.util.List;
import java.util.Set;

/**
 * What became of a text.
 *
 * @param words {@code text} split at white space that was not quoted; a word may come from a
 *     variable's value
 * @param matched names that were used and set
 * @param unmatched names that were used and not set
 */
public record Expanded(
    String text, List<String> words, Set<String> matched, Set<String> unmatched) {

  public Expanded {
    words = List.copyOf(words);
    matched = Set.copyOf(matched);
    unmatched = Set.copyOf(unmatched);
  }
}

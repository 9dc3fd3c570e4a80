package dev.obdbuild.frontend;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the known word nearest to one that is not known. */
public final class Suggestion {
  private static final int MAX_DISTANCE = 3;
  private static final int MAX_LENGTH = 256;

  private Suggestion() {}

  /**
   * {@code message} with a suggestion appended if some option is fewer than three edits away from
   * {@code word}; unchanged if there is none or one option is the word itself.
   */
  public static String append(
      String message, String word, Collection<String> options, boolean caseSensitive) {
    return nearest(word, options, caseSensitive)
        .map(best -> message + " (did you mean " + best + "?)")
        .orElse(message);
  }

  /** The option fewer than three edits away; empty if one is the word itself. */
  public static Optional<String> nearest(
      String word, Collection<String> options, boolean caseSensitive) {
    if (word.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String wanted = caseSensitive ? word : word.toLowerCase(Locale.ROOT);
    int best = MAX_DISTANCE;
    Optional<String> found = Optional.empty();
    for (String option : options) {
      String candidate = caseSensitive ? option : option.toLowerCase(Locale.ROOT);
      if (candidate.equals(wanted)) {
        return Optional.empty();
      }
      if (Math.abs(candidate.length() - wanted.length()) < MAX_DISTANCE) {
        int distance = distance(wanted, candidate);
        if (distance < best) {
          best = distance;
          found = Optional.of(inCaseOf(word, option, caseSensitive));
        }
      }
    }
    return found;
  }

  private static String inCaseOf(String word, String option, boolean caseSensitive) {
    if (caseSensitive) {
      return option;
    }
    boolean upper = word.equals(word.toUpperCase(Locale.ROOT));
    return upper ? option.toUpperCase(Locale.ROOT) : option.toLowerCase(Locale.ROOT);
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}

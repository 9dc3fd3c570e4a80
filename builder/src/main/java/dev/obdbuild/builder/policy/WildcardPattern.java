package dev.obdbuild.builder.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Text in which each star stands for any characters of a line. The first stars take as much as they
 * can: parts are looked for from the end, so that time grows with the text only.
 *
 * @param parts text between the stars: one more than there are stars
 */
record WildcardPattern(List<String> parts) implements IdentifierPattern {

  WildcardPattern {
    parts = List.copyOf(parts);
  }

  static WildcardPattern of(String text) {
    if (text.contains("**")) {
      throw new IllegalArgumentException(
          "failed to translate wildcard \"" + text + "\" to regexp: invalid wildcard: \"**\"");
    }
    return new WildcardPattern(List.of(text.split("\\*", -1)));
  }

  @Override
  public boolean matches(String identifier) {
    return captured(identifier).isPresent();
  }

  @Override
  public String format(String identifier, String template) {
    Optional<List<String>> stars = captured(identifier);
    return stars.isEmpty()
        ? identifier
        : new GoTemplate(template, name -> group(name, identifier, stars.get())).expand();
  }

  private static String group(String name, String whole, List<String> stars) {
    int index = GoRegex.index(name);
    if (index == 0) {
      return whole;
    }
    return index > 0 && index <= stars.size() ? stars.get(index - 1) : "";
  }

  /** What each star stands for; empty when the text does not match. */
  private Optional<List<String>> captured(String text) {
    if (parts.size() == 1) {
      return parts.getFirst().equals(text) ? Optional.of(List.of()) : Optional.empty();
    }
    int start = parts.getFirst().length();
    int end = text.length();
    if (!text.startsWith(parts.getFirst()) || text.indexOf('\n') >= 0) {
      return Optional.empty();
    }
    List<String> stars = new ArrayList<>();
    for (int i = parts.size() - 1; i > 0; i--) {
      String part = parts.get(i);
      int latest = end - part.length();
      int found = i == parts.size() - 1 ? anchored(text, part) : text.lastIndexOf(part, latest);
      if (found < start || latest < start) {
        return Optional.empty();
      }
      stars.add(text.substring(found + part.length(), end));
      end = found;
    }
    // What the last part of the text, which has no star behind it, took is nothing.
    stars.removeFirst();
    stars.add(text.substring(start, end));
    Collections.reverse(stars);
    return Optional.of(stars);
  }

  private static int anchored(String text, String part) {
    return text.endsWith(part) ? text.length() - part.length() : -1;
  }
}

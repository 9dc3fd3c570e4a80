package dev.obdbuild.frontend.plan;

import java.util.List;

/** What a comment above FROM or ARG says of the stage or argument it starts with. */
final class DocComment {
  private DocComment() {}

  /** The text behind the name in the first comment line that starts with it, or empty. */
  static String of(List<String> comments, String name) {
    if (name.isEmpty()) {
      return "";
    }
    return comments.stream()
        .filter(comment -> comment.startsWith(name + " "))
        .map(comment -> comment.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }
}

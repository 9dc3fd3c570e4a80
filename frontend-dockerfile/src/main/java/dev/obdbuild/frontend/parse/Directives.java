package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code # name=value} lines at the top of a Dockerfile. */
final class Directives {
  private static final Pattern LINE =
      Pattern.compile("\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final Set<String> KNOWN = Set.of("syntax", "escape", "check");

  private final String comment;
  private final Map<String, String> values = new HashMap<>();
  private char escape = '\\';
  private boolean done;

  /** Directives of a file whose comments start with {@code comment}. */
  Directives(String comment) {
    this.comment = comment;
  }

  /**
   * Looks at one line; the first that is no directive ends them.
   *
   * @return whether it was one
   */
  boolean offer(String line) throws DockerfileException {
    if (done) {
      return false;
    }
    Matcher matcher =
        LINE.matcher(line.startsWith(comment) ? line.substring(comment.length()) : "");
    String name = matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "";
    if (!KNOWN.contains(name)) {
      done = true;
      return false;
    }
    String value = matcher.group(2);
    if (values.putIfAbsent(name, value) != null) {
      throw new DockerfileException("only one " + name + " parser directive can be used");
    }
    if (name.equals("escape")) {
      if (!value.equals("`") && !value.equals("\\")) {
        throw new DockerfileException(
            "invalid escape token '" + value + "' does not match ` or \\");
      }
      escape = value.charAt(0);
    }
    return true;
  }

  char escape() {
    return escape;
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }
}

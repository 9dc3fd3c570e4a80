package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Lines;
import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.oci.json.MalformedDocumentException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Finds the frontend that a file asks for, also where the file is no Dockerfile. */
public final class SyntaxDirective {
  private static final String NAME = "syntax";

  private SyntaxDirective() {}

  /**
   * A frontend and where the file says so.
   *
   * @param value its image and what follows it
   */
  public record Found(String value, Lines lines) {}

  /**
   * Looks for {@code # syntax=}, {@code // syntax=} or a JSON object with a {@code syntax}, behind
   * a first line that starts with {@code #!}, if there is one.
   */
  public static Optional<Found> find(String text) {
    String rest = text.startsWith("\uFEFF") ? text.substring(1) : text;
    int line = 1;
    if (rest.startsWith("#!")) {
      int end = rest.indexOf('\n');
      if (end < 0) {
        return Optional.empty();
      }
      rest = rest.substring(end + 1);
      line++;
    }
    Optional<Found> found = inComments(rest, "#", line);
    if (found.isEmpty()) {
      found = inComments(rest, "//", line);
    }
    int first = line;
    String json = rest;
    return found.or(() -> inJson(json).map(value -> new Found(value, Lines.of(first))));
  }

  private static Optional<Found> inComments(String text, String comment, int first) {
    Directives directives = new Directives(comment);
    int line = first;
    for (String physical : (Iterable<String>) text.lines()::iterator) {
      try {
        if (!directives.offer(physical)) {
          return Optional.empty();
        }
      } catch (DockerfileException e) {
        // What is wrong with the directives is told when the file is parsed.
        return Optional.empty();
      }
      Optional<String> value = directives.value(NAME);
      if (value.isPresent()) {
        return Optional.of(new Found(value.get(), Lines.of(line)));
      }
      line++;
    }
    return Optional.empty();
  }

  private static Optional<String> inJson(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return Optional.empty();
    }
    try {
      return JsonReader.parse(text.getBytes(StandardCharsets.UTF_8), NAME).optionalString(NAME);
    } catch (MalformedDocumentException e) {
      // No JSON, so nothing is asked for in it.
      return Optional.empty();
    }
  }
}

package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Suggestion;
import dev.obdbuild.oci.json.GoQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One {@code RUN --mount}, expanded and checked. Empty strings are options not given.
 *
 * @param size bytes of a tmpfs, 0 for the default
 * @param env for secrets the variable to fill; present means no file unless there is a target
 */
public record MountSpec(
    Type type,
    String from,
    String source,
    String target,
    boolean readOnly,
    long size,
    String id,
    Optional<Sharing> sharing,
    boolean required,
    Optional<Integer> mode,
    Optional<Integer> uid,
    Optional<Integer> gid,
    Optional<String> env) {
  private static final Pattern VARIABLE = Pattern.compile("\\$.", Pattern.DOTALL);

  /** What is mounted. */
  public enum Type {
    BIND,
    CACHE,
    TMPFS,
    SECRET,
    SSH;

    /** As it stands in a Dockerfile. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
      return List.of("bind", "cache", "secret", "ssh", "tmpfs");
    }
  }

  /** Who may use a cache at the same time. */
  public enum Sharing {
    SHARED,
    PRIVATE,
    LOCKED;

    static List<String> words() {
      return List.of("locked", "private", "shared");
    }
  }

  /** Expands the value of an option. */
  @FunctionalInterface
  public interface ValueExpander {
    String expand(String value) throws DockerfileException;
  }

  /**
   * Understands the text of a {@code --mount}.
   *
   * @throws DockerfileException naming the option that is wrong
   */
  public static MountSpec parse(String text, ValueExpander expander) throws DockerfileException {
    MountSpecParser parser = new MountSpecParser();
    for (String field : fields(text)) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        parser.word(field, field.toLowerCase(Locale.ROOT));
      } else {
        parser.option(
            field,
            field.substring(0, equals).toLowerCase(Locale.ROOT),
            expander.expand(field.substring(equals + 1)));
      }
    }
    return parser.finish();
  }

  /** What {@code from=} says, before anything is expanded: stages are known before values are. */
  public static String from(String text) throws DockerfileException {
    return option(text, "from").orElse("");
  }

  /** What {@code type=} says, before anything is expanded; {@code bind} if it says nothing. */
  public static String type(String text) throws DockerfileException {
    return option(text, "type").orElse("bind").toLowerCase(Locale.ROOT);
  }

  private static Optional<String> option(String text, String name) throws DockerfileException {
    String found = null;
    for (String field : fields(text)) {
      int equals = field.indexOf('=');
      if (equals > 0 && field.substring(0, equals).equalsIgnoreCase(name)) {
        found = field.substring(equals + 1);
      }
    }
    return Optional.ofNullable(found);
  }

  static void checkFrom(String text) throws DockerfileException {
    if (VARIABLE.matcher(from(text)).find()) {
      throw new DockerfileException(
          "'from' doesn't support variable expansion, define alias stage instead");
    }
  }

  private static List<String> fields(String text) throws DockerfileException {
    try {
      return Csv.fields(text);
    } catch (DockerfileException e) {
      throw e.prefixed("failed to parse csv mounts: ");
    }
  }

  static DockerfileException unsupported(String what, String value, List<String> known) {
    return new DockerfileException(
        Suggestion.append(
            "unsupported " + what + " " + GoQuote.quote(value),
            value,
            new ArrayList<>(known),
            true));
  }
}

package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The flags of one instruction, checked against those it knows. */
final class Flags {
  /** What a flag takes. */
  enum Kind {
    BOOL,
    STRING,
    STRINGS
  }

  private final Map<String, List<String>> values = new TreeMap<>();

  /**
   * @throws DockerfileException if a flag is not in {@code known}, is repeated or has a wrong value
   */
  Flags(List<String> words, Map<String, Kind> known) throws DockerfileException {
    for (String word : words) {
      int equals = word.indexOf('=');
      String name = word.substring(2, equals < 0 ? word.length() : equals);
      String shown = "--" + name;
      Kind kind = known.get(name);
      if (kind == null) {
        throw new DockerfileException(
            Suggestion.append(
                "unknown flag: " + shown, name, known.keySet().stream().sorted().toList(), true));
      }
      if (values.containsKey(name) && kind != Kind.STRINGS) {
        throw new DockerfileException("duplicate flag specified: " + shown);
      }
      String value = equals < 0 ? "" : word.substring(equals + 1);
      values.computeIfAbsent(name, n -> new ArrayList<>()).add(value(kind, shown, value, equals));
    }
  }

  private static String value(Kind kind, String shown, String value, int equals)
      throws DockerfileException {
    if (kind != Kind.BOOL) {
      if (equals < 0) {
        throw new DockerfileException("missing a value on flag: " + shown);
      }
      return value;
    }
    if (equals >= 0 && value.isEmpty()) {
      throw new DockerfileException("missing a value on flag: " + shown);
    }
    String lower = value.toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "" -> "true";
      case "true", "false" -> lower;
      default ->
          throw new DockerfileException(
              "expecting boolean value for flag " + shown + ", not: " + value);
    };
  }

  String string(String name) {
    return strings(name).isEmpty() ? "" : strings(name).getFirst();
  }

  /** The value, or {@code otherwise} if the flag is not given. */
  String string(String name, String otherwise) {
    return strings(name).isEmpty() ? otherwise : strings(name).getFirst();
  }

  List<String> strings(String name) {
    return values.getOrDefault(name, List.of());
  }

  boolean bool(String name) {
    return string(name).equals("true");
  }

  Optional<Boolean> optionalBool(String name) {
    return values.containsKey(name) ? Optional.of(bool(name)) : Optional.empty();
  }
}

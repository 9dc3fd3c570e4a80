package dev.obdbuild.builder.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** A flag's value as a record of comma-separated fields; a field with a comma stands in quotes. */
final class FlagFields {

  private FlagFields() {}

  /**
   * The fields.
   *
   * @throws IllegalArgumentException naming the flag, when a quote has no end or stands wrong
   */
  static List<String> split(String flag, String text) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (quoted) {
        if (c != '"') {
          field.append(c);
        } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
          field.append('"');
          at++;
        } else {
          quoted = false;
        }
      } else if (c == ',') {
        fields.add(field.toString());
        field.setLength(0);
      } else if (c == '"' && field.isEmpty()) {
        quoted = true;
      } else if (c == '"') {
        throw new IllegalArgumentException(flag + " " + text + ": a quote inside a field");
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw new IllegalArgumentException(flag + " " + text + ": a quote has no end");
    }
    fields.add(field.toString());
    return fields;
  }

  /**
   * Fields of the form {@code key=value}, keys in lower case.
   *
   * @throws IllegalArgumentException naming the flag and the field, when one is not of that form
   */
  static SortedMap<String, String> pairs(String flag, List<String> fields) {
    SortedMap<String, String> pairs = new TreeMap<>();
    for (String field : fields) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(flag + ": invalid value " + field);
      }
      pairs.put(
          field.substring(0, equals).strip().toLowerCase(Locale.ROOT), field.substring(equals + 1));
    }
    return pairs;
  }

  /** A copy that does not change. */
  static SortedMap<String, String> copy(SortedMap<String, String> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  /** Whether a text is one of Go's spellings of a truth value, and which. */
  static java.util.Optional<Boolean> truth(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> java.util.Optional.of(true);
      case "0", "f", "F", "false", "FALSE", "False" -> java.util.Optional.of(false);
      default -> java.util.Optional.empty();
    };
  }
}

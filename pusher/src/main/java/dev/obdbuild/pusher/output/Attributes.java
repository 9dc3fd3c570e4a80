package dev.obdbuild.pusher.output;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The attributes of an exporter, taken out one by one. What is left is {@link #rest}. */
final class Attributes {

  private final Map<String, String> left;

  Attributes(Map<String, String> attributes) {
    this.left = new TreeMap<>(attributes);
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(left.remove(key));
  }

  /** A truth value; a key without value means true. */
  boolean flag(String key, boolean preset) {
    return flag(key).orElse(preset);
  }

  Optional<Boolean> flag(String key) {
    return text(key).map(value -> truth(key, value));
  }

  /** As Go's {@code strconv.ParseBool} reads it, which is what clients expect. */
  private static boolean truth(String key, String value) {
    return switch (value) {
      case "", "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default ->
          throw new IllegalArgumentException(
              "non-bool value specified for " + key + ": \"" + value + "\"");
    };
  }

  OptionalInt number(String key) {
    Optional<String> value = text(key);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(Integer.parseInt(value.get()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "non-integer value " + value.get() + " specified for " + key, e);
    }
  }

  /** Takes the annotations, whatever they belong to. */
  AnnotationSet annotations() {
    AnnotationSet found = AnnotationSet.of(left);
    left.keySet().removeIf(AnnotationSet::isKey);
    return found;
  }

  /** What nobody took. */
  Map<String, String> rest() {
    return Map.copyOf(left);
  }
}

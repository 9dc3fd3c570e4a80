package dev.obdbuild.worker.cdi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a CDI file. What is not there is empty; what is of another type is an {@link
 * IllegalArgumentException} that says where.
 */
final class CdiObject {

  private static final long MOST = 0xffff_ffffL;

  private final String path;
  private final Map<?, ?> members;
  private final Set<String> known = new HashSet<>();

  /**
   * @param path where in the file it stands; empty for the whole of it
   */
  CdiObject(String path, @Nullable Object value) {
    this.path = path;
    if (value == null && !path.isEmpty()) {
      members = Map.of();
    } else if (value instanceof Map<?, ?> map) {
      members = map;
    } else {
      throw new IllegalArgumentException((path.isEmpty() ? "it" : path) + " is not an object");
    }
  }

  /** A member as messages call it. */
  String where(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private @Nullable Object value(String key) {
    known.add(key);
    return members.get(key);
  }

  private IllegalArgumentException wrong(String key, String should) {
    return new IllegalArgumentException(where(key) + " is not " + should);
  }

  String text(String key) {
    Object value = value(key);
    if (value == null) {
      return "";
    }
    if (value instanceof String text) {
      return text;
    }
    throw wrong(key, "a string");
  }

  String required(String key) {
    String text = text(key);
    if (text.isEmpty()) {
      throw new IllegalArgumentException(where(key) + " is missing");
    }
    return text;
  }

  OptionalLong number(String key) {
    Object value = value(key);
    return value == null ? OptionalLong.empty() : OptionalLong.of(number(key, value));
  }

  private long number(String key, Object value) {
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= 0 && number <= MOST) {
        return number;
      }
    }
    throw wrong(key, "a whole number from 0 to " + MOST);
  }

  List<Long> numbers(String key) {
    return list(key).stream().map(value -> number(key, value)).toList();
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object value : list(key)) {
      if (!(value instanceof String text)) {
        throw wrong(key, "a list of strings");
      }
      texts.add(text);
    }
    return texts;
  }

  private List<?> list(String key) {
    Object value = value(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list && list.stream().noneMatch(Objects::isNull)) {
      return list;
    }
    throw wrong(key, "a list");
  }

  List<CdiObject> objects(String key) {
    List<CdiObject> objects = new ArrayList<>();
    for (Object value : list(key)) {
      objects.add(new CdiObject(where(key) + "[" + objects.size() + "]", value));
    }
    return objects;
  }

  CdiObject object(String key) {
    return new CdiObject(where(key), value(key));
  }

  Map<String, String> textMap(String key) {
    Map<String, String> texts = new HashMap<>();
    object(key)
        .members
        .forEach(
            (name, value) -> {
              if (!(name instanceof String k) || !(value instanceof String text)) {
                throw wrong(key, "a map of strings");
              }
              texts.put(k, text);
            });
    return texts;
  }

  /** All members, as they are. */
  Map<String, Object> members() {
    Map<String, Object> all = new HashMap<>();
    members.forEach(
        (name, value) -> {
          if (value != null) {
            all.put(String.valueOf(name), value);
          }
        });
    return all;
  }

  /**
   * For an object that is handed on as it is.
   *
   * @throws IllegalArgumentException naming a member that is neither a text, a number or a truth
   *     value nor a list of those; in YAML one may hold itself
   */
  void refuseDeep() {
    members.forEach(
        (name, value) -> {
          List<?> values = value instanceof List<?> list ? list : Arrays.asList(value);
          if (!(name instanceof String)
              || !values.stream().allMatch(each -> each == null || isPlain(each))) {
            throw wrong(String.valueOf(name), "a plain value or a list of those");
          }
        });
  }

  private static boolean isPlain(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean;
  }

  /**
   * Ends the reading.
   *
   * @throws IllegalArgumentException naming a member that nobody asked for
   */
  void refuseOthers() {
    for (Object name : members.keySet()) {
      if (!known.contains(String.valueOf(name))) {
        throw new IllegalArgumentException(where(String.valueOf(name)) + " is not known");
      }
    }
  }
}

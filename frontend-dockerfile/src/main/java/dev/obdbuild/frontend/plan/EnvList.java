package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.expand.Variables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Variables in the order in which they were last set. */
final class EnvList implements Variables {
  private final Map<String, String> values = new LinkedHashMap<>();

  EnvList copy() {
    EnvList copy = new EnvList();
    copy.values.putAll(values);
    return copy;
  }

  /** Sets a variable and moves it to the end. */
  void set(String name, String value) {
    values.remove(name);
    values.put(name, value);
  }

  void remove(String name) {
    values.remove(name);
  }

  @Override
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  int size() {
    return values.size();
  }

  /** All as {@code NAME=value}. */
  List<String> entries() {
    List<String> entries = new ArrayList<>(values.size());
    values.forEach((name, value) -> entries.add(name + "=" + value));
    return entries;
  }
}

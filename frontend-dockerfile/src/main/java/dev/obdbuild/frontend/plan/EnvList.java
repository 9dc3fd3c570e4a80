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
  private List<String> entries = List.of();
  private boolean changed;

  EnvList copy() {
    EnvList copy = new EnvList();
    copy.values.putAll(values);
    copy.changed = true;
    return copy;
  }

  /** Sets a variable and moves it to the end. */
  void set(String name, String value) {
    values.remove(name);
    values.put(name, value);
    changed = true;
  }

  void remove(String name) {
    values.remove(name);
    changed = true;
  }

  @Override
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** All names, in that order. */
  List<String> names() {
    return List.copyOf(values.keySet());
  }

  int size() {
    return values.size();
  }

  /** All as {@code NAME=value}; the same list until something is set. */
  List<String> entries() {
    if (changed) {
      List<String> all = new ArrayList<>(values.size());
      values.forEach((name, value) -> all.add(name + "=" + value));
      entries = List.copyOf(all);
      changed = false;
    }
    return entries;
  }
}

package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.expand.Variables;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Variables that remember which of them were asked for. */
final class Recorder implements Variables {
  private final Variables variables;
  private final Set<String> found = new LinkedHashSet<>();
  private final Set<String> missing = new LinkedHashSet<>();

  Recorder(Variables variables) {
    this.variables = variables;
  }

  @Override
  public Optional<String> get(String name) {
    Optional<String> value = variables.get(name);
    (value.isPresent() ? found : missing).add(name);
    return value;
  }

  Set<String> found() {
    return found;
  }

  Set<String> missing() {
    return missing;
  }
}

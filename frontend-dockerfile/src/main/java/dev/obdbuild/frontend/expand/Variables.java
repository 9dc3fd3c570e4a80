package dev.obdbuild.frontend.expand;

import java.util.Optional;

/** Values by name. */
@FunctionalInterface
public interface Variables {
  /** No variable is set. */
  Variables NONE = name -> Optional.empty();

  /** The value of {@code name}; empty if it is not set, which is not the same as set to nothing. */
  Optional<String> get(String name);

  /** These variables, and {@code fallback} for what they do not have. */
  default Variables or(Variables fallback) {
    return name -> get(name).or(() -> fallback.get(name));
  }
}

package dev.obdbuild.worker;

import java.io.IOException;
import java.util.Optional;

/**
 * The secrets that the caller of a build lends it. Asked only when a step runs; what it gives goes
 * into that step's container and nowhere else: no key, no layer, no log. Thread-safe.
 */
@FunctionalInterface
public interface Secrets {

  /** The secret of an id; empty when there is none. */
  Optional<byte[]> get(String id) throws IOException;

  /** No secrets at all. */
  static Secrets none() {
    return id -> Optional.empty();
  }
}

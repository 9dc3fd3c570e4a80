package dev.obdbuild.backstore.attach;

/** Where a serving process says what happened. Thread-safe. */
@FunctionalInterface
public interface AttachLog {
  /** Writes one line. Never fails. */
  void line(String message);
}

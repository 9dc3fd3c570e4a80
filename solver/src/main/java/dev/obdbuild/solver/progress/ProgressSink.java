package dev.obdbuild.solver.progress;

import java.util.List;

/**
 * Takes the events of a build. Called from many threads at once; an implementation is thread-safe,
 * returns soon and does not throw.
 */
@FunctionalInterface
public interface ProgressSink {

  /** One event. */
  void accept(ProgressEvent event);

  /** Several events that belong into one message, such as all vertices of a graph. */
  default void acceptAll(List<? extends ProgressEvent> events) {
    events.forEach(this::accept);
  }

  /** Listens to nothing. */
  static ProgressSink none() {
    return event -> {};
  }
}

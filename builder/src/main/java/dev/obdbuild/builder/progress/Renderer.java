package dev.obdbuild.builder.progress;

import dev.obdbuild.solver.progress.ProgressEvent;
import java.time.Instant;
import java.util.List;

/** Prints the news of a build. Called by one thread at a time. */
interface Renderer {

  /**
   * Takes news and prints what they change.
   *
   * @param events in order; may be empty when only time has passed
   */
  void update(List<ProgressEvent> events, Instant now);

  /** Prints what is still held back and leaves the output at the start of a line. */
  void finish(Instant now);
}

package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Steps that take back what was made, in reverse order. A step that fails does not keep the others
 * from running.
 */
final class Undo {
  private final Deque<Step> steps = new ArrayDeque<>();

  /** Takes one thing back. */
  interface Step {
    void run() throws IOException;
  }

  void add(Step step) {
    steps.push(step);
  }

  /**
   * Runs and forgets all steps. @throws IOException of the first that failed; the later ones are
   * suppressed in it
   */
  void run() throws IOException {
    IOException failed = runAll(null);
    if (failed != null) {
      throw failed;
    }
  }

  /** Runs all steps because of {@code cause}, to which failures are added. */
  void runAfter(Throwable cause) {
    IOException failed = runAll(null);
    if (failed != null) {
      cause.addSuppressed(failed);
    }
  }

  private @Nullable IOException runAll(@Nullable IOException failed) {
    IOException first = failed;
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (IOException | RuntimeException e) {
        if (first == null) {
          first = e instanceof IOException io ? io : new IOException(e);
        } else {
          first.addSuppressed(e);
        }
      }
    }
    return first;
  }
}

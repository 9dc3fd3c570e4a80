package dev.obdbuild.snapshots.live;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Closes several things although some fail, and tells of the failures at the end. */
final class Closing {
  /** One thing to close. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  private @Nullable Exception first;

  void run(Step step) {
    try {
      step.run();
    } catch (Exception e) {
      if (first == null) {
        first = e;
      } else {
        first.addSuppressed(e);
      }
    }
  }

  /** Attaches what went wrong to the failure that is being reported already. */
  void suppressInto(Exception failure) {
    if (first != null) {
      failure.addSuppressed(first);
    }
  }

  void throwFirst() throws IOException {
    switch (first) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new IOException(first.getMessage(), first);
    }
  }
}

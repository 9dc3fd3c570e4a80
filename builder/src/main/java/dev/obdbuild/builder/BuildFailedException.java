package dev.obdbuild.builder;

import java.io.IOException;
import java.util.Optional;

/** A build failed. The message is what BuildKit's clients print after {@code failed to solve:}. */
public final class BuildFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<String> excerpt;

  BuildFailedException(String message, Optional<String> excerpt, Throwable cause) {
    super(message, cause);
    this.excerpt = excerpt;
  }

  /** The lines of the Dockerfile that it is about, ready to print; empty when there are none. */
  public Optional<String> excerpt() {
    return excerpt;
  }
}

package dev.obdbuild.builder;

import java.io.IOException;

/** There is nothing to run: an image names no command, or lacks the program. */
public final class ContainerStartException extends IOException {
  private static final long serialVersionUID = 1L;

  ContainerStartException(String message) {
    super(message);
  }
}

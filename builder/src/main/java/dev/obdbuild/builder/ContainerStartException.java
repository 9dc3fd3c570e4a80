package dev.obdbuild.builder;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A container could not be started. */
public final class ContainerStartException extends IOException {
  private static final long serialVersionUID = 1L;

  ContainerStartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

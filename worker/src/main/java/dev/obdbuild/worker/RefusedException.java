package dev.obdbuild.worker;

import java.io.IOException;

/** The graph asks for something that this builder does not do, or may not do here. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}

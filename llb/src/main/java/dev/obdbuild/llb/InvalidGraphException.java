package dev.obdbuild.llb;

import java.io.IOException;

/**
 * A definition from outside that is not a graph. The message names the vertex and what is wrong.
 */
public final class InvalidGraphException extends IOException {
  private static final long serialVersionUID = 1L;

  public InvalidGraphException(String message) {
    super(message);
  }

  public InvalidGraphException(String message, Throwable cause) {
    super(message, cause);
  }
}

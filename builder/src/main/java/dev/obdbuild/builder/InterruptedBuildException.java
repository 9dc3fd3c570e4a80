package dev.obdbuild.builder;

import java.io.IOException;

/** The user gave it up; everything has been undone. */
public final class InterruptedBuildException extends IOException {
  private static final long serialVersionUID = 1L;

  public InterruptedBuildException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.obdbuild.builder;

import java.io.IOException;

/** This host lacks something; the message names it and the command that installs it. */
public final class HostException extends IOException {
  private static final long serialVersionUID = 1L;

  public HostException(String message) {
    super(message);
  }
}

package dev.obdbuild.builder.daemon;

import java.io.IOException;

/** Nobody knows a build of that ref. */
final class NoSuchBuildException extends IOException {
  private static final long serialVersionUID = 1L;

  NoSuchBuildException(String ref) {
    super("no such job " + ref);
  }
}

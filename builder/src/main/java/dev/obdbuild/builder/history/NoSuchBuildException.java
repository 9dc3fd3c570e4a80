package dev.obdbuild.builder.history;

import java.io.IOException;

/** The history has no build of that name. */
public final class NoSuchBuildException extends IOException {
  NoSuchBuildException(String ref) {
    super("no such build in the history: " + ref);
  }
}

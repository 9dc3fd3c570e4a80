package dev.obdbuild.builder.session;

import java.io.IOException;
import java.io.Serial;

/** A build names a session that is not there. */
public final class NoSessionException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  NoSessionException(String id) {
    super("no active session for " + id + ": context deadline exceeded");
  }
}

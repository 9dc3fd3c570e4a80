package dev.obdbuild.llb.pattern;

import java.io.IOException;
import java.io.Serial;

/** A file name pattern that a user wrote cannot be understood; the message says which one. */
public final class BadPatternException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  BadPatternException(String message) {
    super(message);
  }
}

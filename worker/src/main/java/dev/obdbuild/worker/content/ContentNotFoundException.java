package dev.obdbuild.worker.content;

import java.io.IOException;
import java.io.Serial;

/** What a step wants to read is not there; the message is {@code "/path": not found}. */
public final class ContentNotFoundException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  ContentNotFoundException(String path) {
    super("\"" + path + "\": not found");
  }
}

package dev.obdbuild.worker.file;

import java.io.IOException;
import java.io.Serial;

/** A file operation names something that is not there. */
public final class NotFoundInImageException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  NotFoundInImageException(String message) {
    super(message);
  }
}

package dev.obdbuild.builder.daemon;

import com.google.rpc.Status;
import java.io.IOException;

/** A frontend at the other end of the bridge said that its build failed. */
final class ReturnedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;

  ReturnedException(Status status) {
    super(status.getMessage());
    this.status = status;
  }

  /** What it said, word for word. */
  Status status() {
    return status;
  }
}

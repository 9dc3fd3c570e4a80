package dev.obdbuild.builder.build;

import dev.obdbuild.builder.BuildFailedException;
import java.io.IOException;

/** A frontend outside this process says that its build failed. */
public abstract class FrontendFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  protected FrontendFailedException(String message) {
    super(message);
  }

  /** Whether it says which lines of which file are to blame. */
  public abstract boolean hasPlace();

  /** The same in this program's own terms. */
  public abstract BuildFailedException asBuildFailure();
}

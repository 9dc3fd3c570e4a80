package dev.obdbuild.builder.call;

import com.google.rpc.Status;
import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.build.FrontendFailedException;

/** A frontend at the other end of the bridge said that its build failed. */
public final class ReturnedException extends FrontendFailedException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;

  /** With what it said. */
  public ReturnedException(Status status) {
    super(status.getMessage());
    this.status = status;
  }

  /** What it said, word for word. */
  public Status status() {
    return status;
  }

  @Override
  public boolean hasPlace() {
    return status.getDetailsList().stream().anyMatch(Statuses::isPlace);
  }

  @Override
  public BuildFailedException asBuildFailure() {
    return FailureDetails.of(status, this);
  }
}

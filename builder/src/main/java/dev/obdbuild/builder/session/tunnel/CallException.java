package dev.obdbuild.builder.session.tunnel;

import io.grpc.Status;
import java.io.IOException;
import java.io.Serial;

/** A call to the other end of a session failed. */
public final class CallException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final Status.Code code;

  private CallException(String message, Status.Code code, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * What came of a call.
   *
   * @param what the call was for, in the user's terms
   */
  public static CallException of(String what, Throwable failure) {
    Status status = Status.fromThrowable(failure);
    String text = status.getDescription();
    String why =
        switch (status.getCode()) {
          case DEADLINE_EXCEEDED -> "the client did not answer in time";
          case CANCELLED -> "context canceled";
          default -> text == null ? status.getCode().toString() : text;
        };
    return new CallException(what + ": " + why, status.getCode(), failure);
  }

  /** What kind of failure it is. */
  public Status.Code code() {
    return code;
  }

  /** Whether the other end does not have what was asked for, or does not serve such things. */
  public boolean isAbsent() {
    return code == Status.Code.NOT_FOUND || code == Status.Code.UNIMPLEMENTED;
  }
}

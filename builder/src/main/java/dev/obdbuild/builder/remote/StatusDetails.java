package dev.obdbuild.builder.remote;

import dev.obdbuild.builder.BuildFailedException;
import dev.obdbuild.builder.call.FailureDetails;
import dev.obdbuild.builder.call.Statuses;
import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.solver.Cancellation;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What a daemon's refusal means: its code, its text and the details that come with it as JSON. */
final class StatusDetails {

  private StatusDetails() {}

  /**
   * The failure of a call; what is thrown for a cancelled or senseless one is unchecked.
   *
   * @throws CancellationException when the call was cancelled
   * @throws IllegalArgumentException when the daemon says that the request makes no sense
   */
  static IOException failure(CallException call, Address address) {
    Throwable cause = call.getCause() == null ? call : call.getCause();
    Status status = Status.fromThrowable(cause);
    String text = status.getDescription() == null ? "" : status.getDescription();
    return switch (status.getCode()) {
      case CANCELLED -> throw cancelled(call);
      case INVALID_ARGUMENT -> throw new IllegalArgumentException(text, call);
      case UNAVAILABLE -> new IOException(unavailable(address, cause, text), call);
      case UNIMPLEMENTED ->
          new IOException("the daemon at " + address + " cannot do this: " + text, call);
      case RESOURCE_EXHAUSTED, UNAUTHENTICATED, PERMISSION_DENIED, DEADLINE_EXCEEDED ->
          new IOException("the daemon at " + address + ": " + text, call);
      default -> failed(text, StatusProto.fromThrowable(cause), call);
    };
  }

  private static CancellationException cancelled(CallException call) {
    CancellationException cancelled = new CancellationException(Cancellation.MESSAGE);
    cancelled.initCause(call);
    return cancelled;
  }

  private static String unavailable(Address address, Throwable cause, String text) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String why = root == cause ? text : root.getMessage();
    return "cannot reach the daemon at " + address + ": " + why;
  }

  private static BuildFailedException failed(
      String text, com.google.rpc.@Nullable Status details, CallException call) {
    if (details != null && Statuses.isSenseless(details)) {
      throw new IllegalArgumentException(text, call);
    }
    return details == null
        ? BuildFailedException.told(text, Optional.empty(), List.of(), call)
        : FailureDetails.of(details, call);
  }
}

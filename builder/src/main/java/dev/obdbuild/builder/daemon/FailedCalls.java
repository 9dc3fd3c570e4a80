package dev.obdbuild.builder.daemon;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Tells the log of calls that fail, with the exceptions that clients do not see. */
final class FailedCalls implements ServerInterceptor {

  private final DaemonLog log;

  FailedCalls(DaemonLog log) {
    this.log = log;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String name = call.getMethodDescriptor().getFullMethodName();
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            tell(name, status);
            super.close(status, trailers);
          }
        },
        headers);
  }

  private void tell(String call, Status status) {
    Throwable cause = status.getCause();
    if (status.isOk() || cause == null) {
      return;
    }
    if (status.getCode() == Status.Code.INTERNAL) {
      log.broken(call, cause);
    } else {
      log.failed(call, cause);
    }
  }
}

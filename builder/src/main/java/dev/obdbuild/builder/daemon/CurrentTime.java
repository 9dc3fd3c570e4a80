package dev.obdbuild.builder.daemon;

import dev.obdbuild.protos.control.ControlGrpc;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Instant;
import java.util.Set;

/**
 * Tells the clients that follow builds, at once, what time it is here: they show times relative to
 * it.
 */
final class CurrentTime implements ServerInterceptor {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("buildkit-current-timestamp", Metadata.ASCII_STRING_MARSHALLER);

  private static final Set<String> METHODS =
      Set.of(
          ControlGrpc.getStatusMethod().getFullMethodName(),
          ControlGrpc.getListenBuildHistoryMethod().getFullMethodName());

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!METHODS.contains(call.getMethodDescriptor().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    Metadata time = new Metadata();
    time.put(HEADER, Instant.now().toString());
    call.sendHeaders(time);
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void sendHeaders(Metadata sent) {
            // They are on their way already.
          }
        },
        headers);
  }
}

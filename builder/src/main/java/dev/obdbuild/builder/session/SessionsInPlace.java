package dev.obdbuild.builder.session;

import dev.obdbuild.protos.control.ControlGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What comes in a session's stream is passed on by the thread that reads it from the socket: it
 * only goes on to the tunnel, which never blocks, and a hand-over costs more than that.
 */
public final class SessionsInPlace implements ServerCallExecutorSupplier {
  private static final String SESSION = ControlGrpc.getSessionMethod().getFullMethodName();

  @Override
  public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
    return call.getMethodDescriptor().getFullMethodName().equals(SESSION) ? Runnable::run : null;
  }
}

package dev.obdbuild.builder.session.serve;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Lets a service see the headers of the call that it serves. */
final class CallHeaders implements ServerInterceptor {
  private static final Context.Key<Metadata> CURRENT = Context.key("call-headers");

  @Override
  public <I, O> ServerCall.Listener<I> interceptCall(
      ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
    return Contexts.interceptCall(
        Context.current().withValue(CURRENT, headers), call, headers, next);
  }

  static Metadata current() {
    Metadata headers = CURRENT.get();
    return headers == null ? new Metadata() : headers;
  }
}

package dev.obdbuild.builder.daemon;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Takes the header by which a gateway call names its build into the call's context. */
final class BuildIdHeader implements ServerInterceptor {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("buildkit-controlapi-buildid", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<String> BUILD = Context.key("build");

  /** The build that the current call names; empty when it names none. */
  static String current() {
    String ref = BUILD.get();
    return ref == null ? "" : ref;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String ref = headers.get(HEADER);
    Context context = ref == null ? Context.current() : Context.current().withValue(BUILD, ref);
    return Contexts.interceptCall(context, call, headers, next);
  }
}

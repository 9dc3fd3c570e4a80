package dev.obdbuild.builder.session;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a client tells of itself when it opens a session.
 *
 * @param id builds name the session by it
 * @param name a word for people; may be empty
 * @param sharedKey tells its folders from those of others under the same name; may be empty
 * @param methods that it serves, lower case
 * @param healthTimeout how long a health check may take, where the client says so
 */
public record SessionHeaders(
    String id,
    String name,
    String sharedKey,
    Set<String> methods,
    Optional<Duration> healthTimeout) {

  /** Header with the id. */
  public static final Metadata.Key<String> ID = key("x-docker-expose-session-uuid");

  /** Header with the shared key. */
  public static final Metadata.Key<String> SHARED_KEY = key("x-docker-expose-session-sharedkey");

  /** Header with the name. */
  public static final Metadata.Key<String> NAME = key("x-docker-expose-session-name");

  /** Header with one method; repeated. */
  public static final Metadata.Key<String> METHOD = key("x-docker-expose-session-grpc-method");

  private static final Metadata.Key<String> HEALTH =
      key("x-buildkit-session-health-custom-timeout");

  private static final int LONGEST = 1024;
  private static final int MOST_METHODS = 1024;
  private static final Context.Key<SessionHeaders> CURRENT = Context.key("session-headers");

  public SessionHeaders {
    if (id.isEmpty() || id.length() > LONGEST || sharedKey.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a session's id has 1 to " + LONGEST + " characters, its shared key no more");
    }
    methods = Set.copyOf(methods);
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /**
   * Reads a call's headers.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT when they name no session
   */
  public static SessionHeaders of(Metadata headers) {
    Set<String> methods = new HashSet<>();
    Iterable<String> all = headers.getAll(METHOD);
    if (all != null) {
      all.forEach(method -> methods.add(method.toLowerCase(Locale.ROOT)));
    }
    if (methods.size() > MOST_METHODS) {
      throw invalid("a session offers " + methods.size() + " methods, more than " + MOST_METHODS);
    }
    String health = text(headers, HEALTH);
    try {
      return new SessionHeaders(
          text(headers, ID),
          text(headers, NAME),
          text(headers, SHARED_KEY),
          methods,
          health.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  Duration.ofMillis(Math.clamp(Long.parseLong(health), 1_000, 3_600_000))));
    } catch (IllegalArgumentException e) {
      throw invalid("session headers: " + e.getMessage());
    }
  }

  private static String text(Metadata headers, Metadata.Key<String> key) {
    String value = headers.get(key);
    return value == null ? "" : value;
  }

  private static StatusRuntimeException invalid(String why) {
    return Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException();
  }

  /** Makes the headers of session calls {@link #current}; for the server that serves Control. */
  public static ServerInterceptor interceptor() {
    return new ServerInterceptor() {
      @Override
      public <I, O> ServerCall.Listener<I> interceptCall(
          ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
        if (!headers.containsKey(ID)) {
          return next.startCall(call, headers);
        }
        SessionHeaders parsed;
        try {
          parsed = of(headers);
        } catch (StatusRuntimeException e) {
          call.close(e.getStatus(), new Metadata());
          return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(
            Context.current().withValue(CURRENT, parsed), call, headers, next);
      }
    };
  }

  /**
   * Those of the call that runs now.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT when it has none
   */
  public static SessionHeaders current() {
    SessionHeaders headers = CURRENT.get();
    if (headers == null) {
      throw invalid("the call names no session in " + ID.name());
    }
    return headers;
  }

  /** Whether the client serves a method, however it spells it. */
  boolean offers(String method) {
    return methods.contains(method.toLowerCase(Locale.ROOT));
  }
}

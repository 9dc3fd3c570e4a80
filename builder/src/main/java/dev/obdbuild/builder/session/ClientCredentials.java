package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.oci.registry.BearerToken;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.Login;
import dev.obdbuild.oci.registry.TokenQuestion;
import dev.obdbuild.protos.filesync.AuthGrpc;
import dev.obdbuild.protos.filesync.CredentialsRequest;
import dev.obdbuild.protos.filesync.CredentialsResponse;
import dev.obdbuild.protos.filesync.FetchTokenRequest;
import dev.obdbuild.protos.filesync.FetchTokenResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A client's logins. A client that can fetches tokens itself, and its password stays with it; that
 * is tried first.
 */
final class ClientCredentials implements Credentials {
  private static final String AUTH = "/moby.filesync.v1.Auth/";
  private static final int SECONDS = 60;

  private final TunnelSession session;
  private final TokenAuthority authority;

  ClientCredentials(TunnelSession session, TokenAuthority authority) {
    this.session = session;
    this.authority = authority;
  }

  private AuthGrpc.AuthBlockingStub auth() {
    return AuthGrpc.newBlockingStub(session.channel()).withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }

  /** Clients know the hub by the name of its registry server. */
  private static String host(String registry) {
    return registry.equals("docker.io") ? "registry-1.docker.io" : registry;
  }

  @Override
  public Optional<Login> login(String registry) throws IOException {
    if (!session.offers(AUTH + "Credentials")) {
      return Optional.empty();
    }
    CredentialsResponse answer;
    try {
      answer = auth().credentials(CredentialsRequest.newBuilder().setHost(host(registry)).build());
    } catch (StatusRuntimeException e) {
      CallException failure = CallException.of("credentials for " + registry, e);
      if (failure.isAbsent()) {
        return Optional.empty();
      }
      throw failure;
    }
    if (answer.getSecret().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        answer.getUsername().isEmpty()
            ? new Login("", "", answer.getSecret())
            : new Login(answer.getUsername(), answer.getSecret()));
  }

  @Override
  public Optional<BearerToken> token(TokenQuestion question) throws IOException {
    if (!session.offers(AUTH + "FetchToken") || !session.offers(AUTH + "GetTokenAuthority")) {
      return Optional.empty();
    }
    String host = host(question.registry());
    try {
      if (!authority.isProven(auth(), host)) {
        return Optional.empty();
      }
      FetchTokenResponse answer =
          auth()
              .fetchToken(
                  FetchTokenRequest.newBuilder()
                      .setClientID("obd-build")
                      .setHost(host)
                      .setRealm(question.realm().toString())
                      .setService(question.service())
                      .addAllScopes(question.scopes())
                      .build());
      return Optional.of(new BearerToken(answer.getToken(), life(answer)));
    } catch (StatusRuntimeException e) {
      CallException failure = CallException.of("token for " + question.registry(), e);
      if (failure.isAbsent() || failure.code() == Status.Code.UNAVAILABLE) {
        return Optional.empty();
      }
      throw failure;
    } catch (IllegalArgumentException e) {
      throw new IOException("token for " + question.registry() + ": " + e.getMessage(), e);
    }
  }

  private static Duration life(FetchTokenResponse answer) {
    long seconds = answer.getExpiresIn() > 0 ? answer.getExpiresIn() : 60;
    if (answer.getIssuedAt() > 0) {
      long age = Instant.now().getEpochSecond() - answer.getIssuedAt();
      seconds -= Math.clamp(age, 0, seconds);
    }
    return Duration.ofSeconds(Math.clamp(seconds, 1, 86_400));
  }
}

package dev.obdbuild.builder.session.serve;

import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.oci.registry.Login;
import dev.obdbuild.protos.filesync.AuthGrpc;
import dev.obdbuild.protos.filesync.CredentialsRequest;
import dev.obdbuild.protos.filesync.CredentialsResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;

/** Gives out logins. Fetches no tokens: the daemon does that with the login. */
final class AuthService extends AuthGrpc.AuthImplBase {
  private final Credentials credentials;

  AuthService(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public void credentials(CredentialsRequest request, StreamObserver<CredentialsResponse> out) {
    Serving.answer(out, () -> answer(request.getHost()));
  }

  private CredentialsResponse answer(String host) throws IOException {
    // Daemons know the hub by the name of its registry server.
    Optional<Login> login =
        credentials.login(host.equals("registry-1.docker.io") ? "docker.io" : host);
    CredentialsResponse.Builder answer = CredentialsResponse.newBuilder();
    login.ifPresent(
        found -> {
          if (found.identityToken().isEmpty()) {
            answer.setUsername(found.user()).setSecret(found.password());
          } else {
            answer.setSecret(found.identityToken());
          }
        });
    return answer.build();
  }
}

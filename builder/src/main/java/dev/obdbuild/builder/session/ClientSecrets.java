package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.tunnel.CallException;
import dev.obdbuild.protos.secrets.GetSecretRequest;
import dev.obdbuild.protos.secrets.SecretsGrpc;
import dev.obdbuild.worker.Secrets;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A client's secrets, asked for each time. */
final class ClientSecrets implements Secrets {
  private static final int LARGEST = 500 << 10;
  private static final int SECONDS = 60;

  private final TunnelSession session;

  ClientSecrets(TunnelSession session) {
    this.session = session;
  }

  @Override
  public Optional<byte[]> get(String id) throws IOException {
    byte[] secret;
    try {
      secret =
          SecretsGrpc.newBlockingStub(session.channel())
              .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
              .getSecret(GetSecretRequest.newBuilder().setID(id).build())
              .getData()
              .toByteArray();
    } catch (StatusRuntimeException e) {
      CallException failure = CallException.of("secret " + id, e);
      if (failure.isAbsent()) {
        return Optional.empty();
      }
      throw failure;
    }
    if (secret.length > LARGEST) {
      throw new IOException(
          "secret " + id + " has " + secret.length + " bytes, more than " + LARGEST);
    }
    return Optional.of(secret);
  }
}

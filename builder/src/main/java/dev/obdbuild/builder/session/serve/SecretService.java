package dev.obdbuild.builder.session.serve;

import com.google.protobuf.ByteString;
import dev.obdbuild.protos.secrets.GetSecretRequest;
import dev.obdbuild.protos.secrets.GetSecretResponse;
import dev.obdbuild.protos.secrets.SecretsGrpc;
import dev.obdbuild.worker.Secrets;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Gives out secrets. */
final class SecretService extends SecretsGrpc.SecretsImplBase {
  private final Secrets secrets;

  SecretService(Secrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public void getSecret(GetSecretRequest request, StreamObserver<GetSecretResponse> out) {
    Serving.answer(
        out,
        () ->
            secrets
                .get(request.getID())
                .map(
                    secret ->
                        GetSecretResponse.newBuilder().setData(ByteString.copyFrom(secret)).build())
                .orElseThrow(
                    () ->
                        Status.NOT_FOUND
                            .withDescription("secret " + request.getID() + ": not found")
                            .asRuntimeException()));
  }
}

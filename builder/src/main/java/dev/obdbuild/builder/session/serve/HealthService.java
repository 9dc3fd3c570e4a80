package dev.obdbuild.builder.session.serve;

import dev.obdbuild.protos.health.HealthCheckRequest;
import dev.obdbuild.protos.health.HealthCheckResponse;
import dev.obdbuild.protos.health.HealthCheckResponse.ServingStatus;
import dev.obdbuild.protos.health.HealthGrpc;
import io.grpc.stub.StreamObserver;

/** Says that this end is there. */
final class HealthService extends HealthGrpc.HealthImplBase {
  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
    out.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build());
    out.onCompleted();
  }
}

package dev.obdbuild.builder.gateway;

import dev.obdbuild.protos.health.HealthCheckRequest;
import dev.obdbuild.protos.health.HealthCheckResponse;
import dev.obdbuild.protos.health.HealthCheckResponse.ServingStatus;
import dev.obdbuild.protos.health.HealthGrpc;
import dev.obdbuild.protos.health.HealthListRequest;
import dev.obdbuild.protos.health.HealthListResponse;
import io.grpc.stub.StreamObserver;

/** gRPC's health service: whoever gets an answer, gets a good one. */
public final class HealthService extends HealthGrpc.HealthImplBase {

  private static final HealthCheckResponse SERVING =
      HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build();

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
    out.onNext(SERVING);
    out.onCompleted();
  }

  @Override
  public void list(HealthListRequest request, StreamObserver<HealthListResponse> out) {
    out.onNext(HealthListResponse.newBuilder().putStatuses("", SERVING).build());
    out.onCompleted();
  }

  @Override
  public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
    // It never changes until the connection ends.
    out.onNext(SERVING);
  }
}

package dev.obdbuild.builder.daemon;

import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.SolveRequest;
import dev.obdbuild.protos.control.SolveResponse;
import dev.obdbuild.protos.gateway.LLBBridgeGrpc;
import dev.obdbuild.protos.gateway.LLBBridgeGrpc.LLBBridgeBlockingStub;
import dev.obdbuild.protos.gateway.Result;
import dev.obdbuild.protos.gateway.ReturnRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A build that the test itself drives through the gateway; closing it returns no result. */
final class DrivenSolve implements AutoCloseable {

  private static final Metadata.Key<String> BUILD =
      Metadata.Key.of("buildkit-controlapi-buildid", Metadata.ASCII_STRING_MARSHALLER);
  private static final int SECONDS = 60;

  private final EventLoops loops = new EventLoops(1);
  private final ManagedChannel channel;
  private final Future<SolveResponse> solve;
  private final LLBBridgeBlockingStub gateway;

  /** Starts one at a daemon's address. */
  DrivenSolve(String address) throws IOException {
    String ref = UUID.randomUUID().toString();
    channel = loops.channel(Address.parse(address), Optional.empty()).build();
    solve =
        ControlGrpc.newFutureStub(channel)
            .solve(SolveRequest.newBuilder().setRef(ref).setInternal(true).build());
    Metadata headers = new Metadata();
    headers.put(BUILD, ref);
    gateway =
        LLBBridgeGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  LLBBridgeBlockingStub gateway() {
    return gateway;
  }

  @Override
  public void close() throws InterruptedException, ExecutionException, TimeoutException {
    try (loops) {
      var _ =
          gateway.return_(
              ReturnRequest.newBuilder().setResult(Result.getDefaultInstance()).build());
      var _ = solve.get(SECONDS, TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow();
    }
  }
}

package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.session.SessionHeaders;
import dev.obdbuild.builder.session.tunnel.ClientTunnel;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.Exporter;
import dev.obdbuild.protos.control.SolveRequest;
import dev.obdbuild.protos.control.SolveResponse;
import dev.obdbuild.protos.exporter.ExporterGrpc.ExporterImplBase;
import dev.obdbuild.protos.exporter.ExporterRequest;
import dev.obdbuild.protos.exporter.FinalizeExportRequest;
import dev.obdbuild.protos.exporter.FinalizeExportResponse;
import dev.obdbuild.protos.exporter.FindExportersRequest;
import dev.obdbuild.protos.exporter.FindExportersResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Clients that choose the exporters when they see the result. */
final class SessionExporterTest extends DaemonTest {

  private final List<FindExportersRequest> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<Map<String, String>> told = Collections.synchronizedList(new ArrayList<>());

  /** Answers with exporters, or with an error. */
  private final class Chooser extends ExporterImplBase {
    private final List<ExporterRequest> exporters;
    private final Optional<Status> failure;

    Chooser(List<ExporterRequest> exporters, Optional<Status> failure) {
      this.exporters = exporters;
      this.failure = failure;
    }

    @Override
    public void findExporters(
        FindExportersRequest request, StreamObserver<FindExportersResponse> out) {
      asked.add(request);
      if (failure.isPresent()) {
        out.onError(failure.get().asRuntimeException());
        return;
      }
      out.onNext(FindExportersResponse.newBuilder().addAllExporters(exporters).build());
      out.onCompleted();
    }

    @Override
    public void finalizeExport(
        FinalizeExportRequest request, StreamObserver<FinalizeExportResponse> out) {
      told.add(request.getExporterResponseMap());
      if (exporters.isEmpty()) {
        out.onError(Status.UNIMPLEMENTED.asRuntimeException());
        return;
      }
      out.onNext(FinalizeExportResponse.getDefaultInstance());
      out.onCompleted();
    }
  }

  private SolveResponse solve(Optional<Chooser> chooser, SolveRequest.Builder request)
      throws Exception {
    asked.clear();
    told.clear();
    try (EventLoops loops = new EventLoops(1)) {
      ManagedChannel channel = loops.channel(Address.parse(it.address()), Optional.empty()).build();
      String session = UUID.randomUUID().toString();
      Metadata headers = new Metadata();
      headers.put(SessionHeaders.ID, session);
      List<ServerServiceDefinition> services =
          chooser.map(Chooser::bindService).map(List::of).orElse(List.of());
      try (ClientTunnel _ =
          new ClientTunnel(
              loops,
              services,
              observer ->
                  ControlGrpc.newStub(channel)
                      .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                      .session(observer))) {
        Node.Out image =
            Node.of(
                    SourceOp.of("docker-image://" + it.base(), Map.of()),
                    List.of(),
                    Optional.empty(),
                    VertexMetadata.EMPTY)
                .out();
        return ControlGrpc.newBlockingStub(channel)
            .solve(
                request
                    .setRef(UUID.randomUUID().toString())
                    .setSession(session)
                    .setEnableSessionExporter(true)
                    .setDefinition(Graph.of(image, List.of()).toDefinition())
                    .build());
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private Map<String, String> pushed(String name) {
    return Map.of("name", it.registry() + "/" + name, "push", "true");
  }

  @Test
  void whatTheClientChoosesIsExportedBesideWhatItNamed() throws Exception {
    Chooser chooser =
        new Chooser(
            List.of(
                ExporterRequest.newBuilder()
                    .setType("image")
                    .putAllAttrs(pushed("chosen/late:1"))
                    .build()),
            Optional.empty());

    SolveResponse response =
        solve(
            Optional.of(chooser),
            SolveRequest.newBuilder()
                .addExporters(
                    Exporter.newBuilder().setType("image").putAllAttrs(pushed("chosen/named:1"))));

    assertThat(inspect("chosen/named:1")).contains("\"Digest\"");
    assertThat(inspect("chosen/late:1")).contains("\"Digest\"");
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().getRefsList()).hasSize(1).doesNotContain("");
    assertThat(told).containsExactly(response.getExporterResponseMap());
    assertThat(response.getExporterResponseMap()).containsKey("containerimage.digest");
  }

  @Test
  void aClientThatDoesNotServeTheQuestionWantsNothing() throws Exception {
    assertThat(solve(Optional.empty(), SolveRequest.newBuilder()).getExporterResponseMap())
        .doesNotContainKey("containerimage.digest");
    Chooser none = new Chooser(List.of(), Optional.of(Status.UNAVAILABLE));
    assertThat(solve(Optional.of(none), SolveRequest.newBuilder()).getExporterResponseMap())
        .doesNotContainKey("containerimage.digest");
    assertThat(asked).hasSize(1);
    assertThat(told).hasSize(1);
  }

  @Test
  void faultsOfTheChoiceFailTheBuild() {
    Chooser failing =
        new Chooser(List.of(), Optional.of(Status.INTERNAL.withDescription("no idea")));
    assertThatThrownBy(() -> solve(Optional.of(failing), SolveRequest.newBuilder()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("no idea");
    assertThat(told).isEmpty();
    Chooser unknown =
        new Chooser(
            List.of(ExporterRequest.newBuilder().setType("paper").build()), Optional.empty());
    assertThatThrownBy(() -> solve(Optional.of(unknown), SolveRequest.newBuilder()))
        .hasMessageContaining("paper");
    assertThat(told).isEmpty();
  }
}

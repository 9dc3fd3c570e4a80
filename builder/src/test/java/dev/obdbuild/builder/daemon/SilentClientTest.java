package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.builder.session.SessionHeaders;
import dev.obdbuild.builder.session.tunnel.ClientTunnel;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.llb.ExecMeta;
import dev.obdbuild.llb.ExecMount;
import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.control.SolveRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A client that stays connected and says nothing more. */
final class SilentClientTest extends DaemonTest {

  private Graph sleeping() {
    Node base =
        Node.of(
            SourceOp.of("docker-image://" + it.base(), Map.of()),
            List.of(),
            Optional.empty(),
            VertexMetadata.EMPTY);
    Node sleep =
        Node.of(
            new ExecOp(
                ExecMeta.of(List.of("/bin/sleep", "10000"), List.of(), "/", ""),
                List.of(ExecMount.bind(0, "", "/", 0, false)),
                ExecOp.NetworkMode.DEFAULT,
                ExecOp.SecurityMode.SANDBOX,
                List.of(),
                List.of()),
            List.of(base.out()),
            Optional.empty(),
            VertexMetadata.EMPTY);
    return Graph.of(sleep.out(), List.of());
  }

  @Test
  void itsSessionEndsAndItsBuildIsCancelled() throws Exception {
    Metadata headers = new Metadata();
    headers.put(SessionHeaders.ID, "silent");
    headers.put(
        Metadata.Key.of(
            "x-buildkit-session-health-custom-timeout", Metadata.ASCII_STRING_MARSHALLER),
        "1000");
    try (EventLoops loops = new EventLoops(1)) {
      ManagedChannel channel = loops.channel(Address.parse(it.address()), Optional.empty()).build();
      try (ClientTunnel tunnel =
          // It serves nothing, so it answers no health check either.
          new ClientTunnel(
              loops,
              List.of(),
              out ->
                  ControlGrpc.newStub(channel)
                      .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                      .session(out))) {
        assertThatThrownBy(
                () ->
                    ControlGrpc.newBlockingStub(channel)
                        .solve(
                            SolveRequest.newBuilder()
                                .setRef("silent build")
                                .setSession("silent")
                                .setDefinition(sleeping().toDefinition())
                                .build()))
            .hasMessageContaining("context canceled");
        assertThat(tunnel.ended()).isDone();
      } finally {
        channel.shutdownNow();
      }
    }
  }
}

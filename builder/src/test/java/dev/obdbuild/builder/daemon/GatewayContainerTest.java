package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.obdbuild.builder.session.tunnel.Duplex;
import dev.obdbuild.builder.wire.Address;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceOp;
import dev.obdbuild.llb.VertexMetadata;
import dev.obdbuild.protos.control.ControlGrpc;
import dev.obdbuild.protos.gateway.ExecMessage;
import dev.obdbuild.protos.gateway.FdMessage;
import dev.obdbuild.protos.gateway.InitMessage;
import dev.obdbuild.protos.gateway.LLBBridgeGrpc;
import dev.obdbuild.protos.gateway.NewContainerRequest;
import dev.obdbuild.protos.gateway.ReadFileRequest;
import dev.obdbuild.protos.gateway.ReleaseContainerRequest;
import dev.obdbuild.protos.gateway.Result;
import dev.obdbuild.protos.gateway.ReturnRequest;
import dev.obdbuild.protos.gateway.SignalMessage;
import dev.obdbuild.protos.gateway.SolveRequest;
import dev.obdbuild.protos.pb.Meta;
import dev.obdbuild.protos.pb.Mount;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Containers that a client asks for while it drives a build. */
final class GatewayContainerTest extends DaemonTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How a process ended. */
  private record Ended(String out, String err, int code) {}

  /** Starts a process, feeds it, and collects what it does. */
  private static Ended run(
      Duplex<ExecMessage, ExecMessage> call, String id, String stdin, String... args)
      throws IOException {
    start(call, id, List.of(0, 1, 2), args);
    call.send(
        ExecMessage.newBuilder()
            .setProcessID(id)
            .setFile(FdMessage.newBuilder().setData(ByteString.copyFromUtf8(stdin)).setEOF(true))
            .build());
    return ending(call, id);
  }

  private static void start(
      Duplex<ExecMessage, ExecMessage> call, String id, List<Integer> files, String... args)
      throws IOException {
    call.send(
        ExecMessage.newBuilder()
            .setProcessID(id)
            .setInit(
                InitMessage.newBuilder()
                    .setContainerID("box")
                    .setMeta(Meta.newBuilder().addAllArgs(List.of(args)))
                    .addAllFds(files))
            .build());
    ExecMessage first = Objects.requireNonNull(call.receive(PATIENCE));
    assertThat(first.getProcessID()).isEqualTo(id);
    assertThat(first.hasStarted()).isTrue();
  }

  private static Ended ending(Duplex<ExecMessage, ExecMessage> call, String id) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = -1;
    while (true) {
      ExecMessage message = Objects.requireNonNull(call.receive(PATIENCE));
      assertThat(message.getProcessID()).isEqualTo(id);
      switch (message.getInputCase()) {
        case FILE ->
            message.getFile().getData().writeTo(message.getFile().getFd() == 1 ? out : err);
        case EXIT -> code = message.getExit().getCode();
        case DONE -> {
          return new Ended(
              out.toString(java.nio.charset.StandardCharsets.UTF_8),
              err.toString(java.nio.charset.StandardCharsets.UTF_8),
              code);
        }
        default -> throw new AssertionError("unexpected " + message);
      }
    }
  }

  @Test
  void processesReadWriteAndEndInAContainerThatIsGoneWithItsBuild() throws Exception {
    Metadata build = new Metadata();
    build.put(
        Metadata.Key.of("buildkit-controlapi-buildid", Metadata.ASCII_STRING_MARSHALLER), "boxes");
    EventLoops loops = new EventLoops(1);
    ManagedChannel channel = loops.channel(Address.parse(it.address()), Optional.empty()).build();
    try (loops) {
      var solve =
          ControlGrpc.newFutureStub(channel)
              .solve(
                  dev.obdbuild.protos.control.SolveRequest.newBuilder()
                      .setRef("boxes")
                      .setInternal(true)
                      .build());
      var headers = MetadataUtils.newAttachHeadersInterceptor(build);
      var gateway = LLBBridgeGrpc.newBlockingStub(channel).withInterceptors(headers);
      Graph base =
          Graph.of(
              Node.of(
                      SourceOp.of("docker-image://" + it.base(), Map.of()),
                      List.of(),
                      Optional.empty(),
                      VertexMetadata.of(Map.of(), List.of()))
                  .out(),
              List.of());
      String ref =
          gateway
              .solve(
                  SolveRequest.newBuilder()
                      .setDefinition(base.toDefinition())
                      .setAllowResultReturn(true)
                      .setAllowResultArrayRef(true)
                      .build())
              .getResult()
              .getRef()
              .getId();
      NewContainerRequest box =
          NewContainerRequest.newBuilder()
              .setContainerID("box")
              .addMounts(Mount.newBuilder().setDest("/").setResultID(ref))
              .build();
      var _ = gateway.newContainer(box);
      assertThatThrownBy(() -> gateway.newContainer(box))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("already exists");

      Duplex<ExecMessage, ExecMessage> call = new Duplex<>("processes", 16);
      var _ = LLBBridgeGrpc.newStub(channel).withInterceptors(headers).execProcess(call);
      start(call, "init", List.of(), "sleep", "1000");
      assertThat(run(call, "cat", "typed", "sh", "-c", "cat; echo wrong >&2; echo w > /w; exit 3"))
          .isEqualTo(new Ended("typed", "wrong\n", 3));
      assertThat(
              gateway
                  .readFileContainer(
                      ReadFileRequest.newBuilder().setRef("box").setFilePath("/w").build())
                  .getData()
                  .toStringUtf8())
          .isEqualTo("w\n");
      call.send(
          ExecMessage.newBuilder()
              .setProcessID("init")
              .setSignal(SignalMessage.newBuilder().setName("SIGKILL"))
              .build());
      assertThat(ending(call, "init").code()).isEqualTo(128 + 9);
      var _ =
          gateway.releaseContainer(
              ReleaseContainerRequest.newBuilder().setContainerID("box").build());
      var _ = gateway.newContainer(box);
      start(call, "left", List.of(), "sleep", "1000");

      var _ =
          gateway.return_(
              ReturnRequest.newBuilder().setResult(Result.getDefaultInstance()).build());
      var _ = solve.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(it.daemon().mountsBelow(it.root()).stream().filter(m -> m.contains("gateway")))
          .isEmpty();
    } finally {
      channel.shutdownNow();
    }
  }
}

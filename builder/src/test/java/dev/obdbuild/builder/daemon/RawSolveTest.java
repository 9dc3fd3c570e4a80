package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.obdbuild.protos.gateway.ReadFileRequest;
import dev.obdbuild.protos.gateway.StatFileRequest;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Requests that real clients of today do not make. */
final class RawSolveTest extends DaemonTest {

  private static Graph source(String identifier, Map<String, String> attrs) {
    return Graph.of(
        Node.of(SourceOp.of(identifier, attrs), List.of(), Optional.empty(), VertexMetadata.EMPTY)
            .out(),
        List.of());
  }

  private SolveResponse solve(String ref, SolveRequest.Builder request) throws Exception {
    try (EventLoops loops = new EventLoops(1)) {
      ManagedChannel channel = loops.channel(Address.parse(it.address()), Optional.empty()).build();
      try {
        return ControlGrpc.newBlockingStub(channel)
            .solve(
                request
                    .setRef(ref)
                    .setDefinition(source("docker-image://" + it.base(), Map.of()).toDefinition())
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
  void theOldFieldForTheExporterIsHeeded() throws Exception {
    SolveResponse response =
        solve(
            "old exporter",
            SolveRequest.newBuilder()
                .setExporterDeprecated("image")
                .putAllExporterAttrsDeprecated(pushed("raw/old:1")));

    assertThat(response.getExporterResponseMap()).containsKey("containerimage.digest");
    assertThat(inspect("raw/old:1")).contains("\"Digest\"");
  }

  @Test
  void allExportersOfARequestAreHeeded() throws Exception {
    SolveRequest.Builder request = SolveRequest.newBuilder();
    for (String name : List.of("raw/first:1", "raw/second:1")) {
      request.addExporters(Exporter.newBuilder().setType("image").putAllAttrs(pushed(name)));
    }

    var _ = solve("two exporters", request);

    assertThat(inspect("raw/first:1")).contains("\"Digest\"");
    assertThat(inspect("raw/second:1")).contains("\"Digest\"");
  }

  @Test
  void aBlobOfARepositoryIsAFile() throws Exception {
    Matcher config =
        Pattern.compile("\"config\":\\s*\\{[^}]*(sha256:[0-9a-f]{64})")
            .matcher(inspect("base/busybox:1", "--raw"));
    assertThat(config.find()).isTrue();
    String identifier = "docker-image+blob://" + it.registry() + "/base/busybox@" + config.group(1);
    try (DrivenSolve solve = new DrivenSolve(it.address())) {
      String ref = ref(solve, identifier);

      assertThat(
              solve
                  .gateway()
                  .readFile(
                      ReadFileRequest.newBuilder().setRef(ref).setFilePath("/config.json").build())
                  .getData()
                  .toStringUtf8())
          .contains("PATH=/bin");
      assertThat(
              solve
                  .gateway()
                  .statFile(
                      StatFileRequest.newBuilder().setRef(ref).setPath("/config.json").build())
                  .getStat()
                  .getMode())
          .isEqualTo(0640);
      String wrong = identifier.replaceFirst("@.*", "@sha256:" + "0".repeat(64));
      assertThatThrownBy(
              () ->
                  solve
                      .gateway()
                      .readFile(
                          ReadFileRequest.newBuilder()
                              .setRef(ref(solve, wrong))
                              .setFilePath("/config.json")
                              .build()))
          .hasMessageContaining("0".repeat(64));
    }
  }

  private static String ref(DrivenSolve solve, String identifier) {
    return solve
        .gateway()
        .solve(
            dev.obdbuild.protos.gateway.SolveRequest.newBuilder()
                .setDefinition(
                    source(identifier, Map.of("http.filename", "config.json", "http.perm", "0640"))
                        .toDefinition())
                .setAllowResultReturn(true)
                .setAllowResultArrayRef(true)
                .build())
        .getResult()
        .getRef()
        .getId();
  }
}

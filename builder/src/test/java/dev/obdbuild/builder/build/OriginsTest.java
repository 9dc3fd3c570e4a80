package dev.obdbuild.builder.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Output;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.protos.pb.Input;
import dev.obdbuild.protos.pb.Op;
import dev.obdbuild.protos.pb.SourceOp;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class OriginsTest {

  private static Graph graph() throws Exception {
    ByteString source =
        Op.newBuilder()
            .setSource(SourceOp.newBuilder().setIdentifier("local://context"))
            .build()
            .toByteString();
    Input input =
        Input.newBuilder().setDigest(Digest.sha256(source.toByteArray()).toString()).build();
    ByteString result = Op.newBuilder().addInputs(input).build().toByteString();
    return Graph.of(Definition.newBuilder().addDef(source).addDef(result).build());
  }

  @Test
  void requestsAreRememberedWithoutWhatTheirBuildsHeld() throws Exception {
    Graph graph = graph();
    Output result = graph.result().orElseThrow();
    Origins origins = new Origins();
    Origin origin = new Origin("dockerfile.v0", Map.of("target", "x"), new TreeMap<>());
    origin.add(new Ref("r", graph, List.of(), origin));

    origins.begin(result, origin);
    List<Origin> running = origins.of(graph);
    origins.end(result, origin);
    List<Origin> ended = origins.of(graph);

    for (List<Origin> known : List.of(running, ended)) {
      assertThat(known).hasSize(1);
      assertThat(known.getFirst().options()).containsEntry("target", "x");
      assertThat(known.getFirst().refs()).isEmpty();
    }
  }
}

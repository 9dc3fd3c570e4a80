package dev.obdbuild.llb;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Definitions of a real BuildKit: our bytes and digests are its bytes and digests. */
@NeedsShared
final class ExampleGraphTest {

  private record Example(List<String> operations, Set<String> digests) {}

  @Test
  void theDigestOfEveryExampleVertexIsBuildKits() throws IOException {
    for (Example example : examples()) {
      List<String> ours = new ArrayList<>();
      for (String json : example.operations) {
        ours.add(Digest.sha256(marshalled(json)).toString().substring(0, 19));
      }
      assertThat(ours).containsExactlyInAnyOrderElementsOf(example.digests);
    }
  }

  @Test
  void exampleDefinitionsBecomeGraphsAndTheSameBytesAgain() throws IOException {
    for (Example example : examples()) {
      var definition = Definition.newBuilder();
      for (String json : example.operations) {
        definition.addDef(ByteString.copyFrom(marshalled(json)));
      }
      Graph graph = Graph.of(definition.build());
      assertThat(graph.vertices()).hasSize(example.operations.size() - 1);
      for (Vertex vertex : graph.vertices()) {
        Vertex again =
            Vertex.of(vertex.op(), vertex.inputs(), vertex.platform(), VertexMetadata.EMPTY);
        assertThat(again.digest()).isEqualTo(vertex.digest());
      }
      assertThat(graph.toDefinition().getDefList()).isEqualTo(definition.getDefList());
      assertThat(Graph.of(graph.toDefinition())).isEqualTo(graph);
    }
  }

  private static byte[] marshalled(String json) throws IOException {
    var message = dev.obdbuild.protos.pb.Op.newBuilder();
    JsonFormat.parser().merge(json, message);
    if (message.getOpCase() == dev.obdbuild.protos.pb.Op.OpCase.OP_NOT_SET) {
      return message.build().toByteArray();
    }
    // Attributes are a map, so the bytes are ours only if they went through our writer.
    var op = OpReader.read(message.build(), 0);
    List<Input> inputs =
        message.getInputsList().stream()
            .map(i -> new Input(Digest.parse(i.getDigest()), (int) i.getIndex()))
            .toList();
    var platform =
        message.hasPlatform()
            ? java.util.Optional.of(Platforms.fromProto(message.getPlatform()))
            : java.util.Optional.<dev.obdbuild.oci.image.Platform>empty();
    return Vertex.of(op, inputs, platform, VertexMetadata.EMPTY).marshalled();
  }

  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    String text = Files.readString(Shared.path("spec/buildkit-llb-examples.txt"));
    for (String part : text.split("##### case ")) {
      if (!part.isBlank()) {
        List<String> lines = part.lines().toList();
        examples.add(
            new Example(
                lines.stream().filter(l -> l.startsWith("{")).toList(),
                lines.stream()
                    .filter(l -> l.startsWith("sha256:"))
                    .map(l -> l.substring(0, l.indexOf(' ')))
                    .collect(Collectors.toSet())));
      }
    }
    assertThat(examples).hasSizeGreaterThanOrEqualTo(2);
    return examples;
  }
}

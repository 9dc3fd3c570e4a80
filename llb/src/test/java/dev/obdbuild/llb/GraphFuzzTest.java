package dev.obdbuild.llb;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.pb.Definition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes as a definition: refused, or a graph whose inputs come first and that stays the same.
 */
@Tag("fuzz")
final class GraphFuzzTest {

  @FuzzTest(maxDuration = "120s")
  void definitions(byte[] bytes) throws InvalidGraphException {
    Graph graph;
    try {
      graph = Graph.of(linked(bytes));
    } catch (InvalidProtocolBufferException e) {
      return;
    } catch (InvalidGraphException e) {
      assertThat(e.getMessage()).isNotBlank();
      return;
    }
    Set<Digest> before = new HashSet<>();
    for (Vertex vertex : graph.vertices()) {
      vertex.inputs().forEach(input -> assertThat(before).contains(input.vertex()));
      before.add(vertex.digest());
    }
    assertThat(graph.head().isPresent()).isEqualTo(graph.result().isPresent());
    assertThat(graph.toJson().toString()).startsWith("{");
    Graph again = Graph.of(graph.toDefinition());
    assertThat(again.vertices()).isEqualTo(graph.vertices());
    assertThat(again.result()).isEqualTo(graph.result());
    assertThat(again.toDefinition()).isEqualTo(graph.toDefinition());
  }

  /**
   * The definition with a digest in the place of each {@code #N}, which stands for the N-th
   * operation: nobody guesses digests.
   */
  private static Definition linked(byte[] bytes) throws InvalidProtocolBufferException {
    Definition.Builder definition = Definition.parseFrom(bytes).toBuilder();
    List<String> digests = new ArrayList<>();
    for (int i = 0; i < definition.getDefCount(); i++) {
      ByteString said = definition.getDef(i);
      try {
        var op = dev.obdbuild.protos.pb.Op.parseFrom(said).toBuilder();
        op.getInputsBuilderList().forEach(in -> in.setDigest(digest(in.getDigest(), digests)));
        said = op.build().toByteString();
      } catch (InvalidProtocolBufferException e) {
        // No operation: it stays as it is, for the reader to refuse.
      }
      definition.setDef(i, said);
      digests.add(Digest.sha256(said.toByteArray()).toString());
    }
    definition
        .getMetadataMap()
        .forEach((of, said) -> definition.putMetadata(digest(of, digests), said));
    definition
        .getSource()
        .getLocationsMap()
        .forEach(
            (of, said) -> definition.getSourceBuilder().putLocations(digest(of, digests), said));
    return definition.build();
  }

  private static String digest(String text, List<String> digests) {
    for (int i = 0; i < digests.size(); i++) {
      if (text.equals("#" + i)) {
        return digests.get(i);
      }
    }
    return text;
  }
}

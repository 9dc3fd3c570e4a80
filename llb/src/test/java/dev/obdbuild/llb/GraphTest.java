package dev.obdbuild.llb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.testkit.SplitRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class GraphTest {

  @Test
  void aGraphSurvivesItsDefinition() throws InvalidGraphException {
    Graph graph = SampleGraph.graph();
    assertThat(Graph.of(graph.toDefinition())).isEqualTo(graph);
    assertThat(graph.vertices()).hasSize(5);
    assertThat(graph.result().orElseThrow().vertex())
        .isEqualTo(graph.vertices().getLast().digest());
  }

  @Test
  void theEmptyDefinitionIsTheEmptyFilesystem() throws InvalidGraphException {
    assertThat(Graph.of(Definition.getDefaultInstance())).isEqualTo(Graph.EMPTY);
    assertThat(Graph.EMPTY.toDefinition()).isEqualTo(Definition.getDefaultInstance());
  }

  @Test
  void equalVerticesBecomeOneAndTheLaterNameWins() {
    Node first = SampleGraph.image();
    Node second =
        Node.of(
            first.vertex().op(),
            List.of(),
            Optional.of(SampleGraph.AMD64),
            VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, "later"), List.of("x")));
    Node merge =
        Node.of(
            new MergeOp(List.of(0, 1)),
            List.of(first.out(), second.out()),
            Optional.empty(),
            VertexMetadata.EMPTY);
    Graph graph = Graph.of(merge.out(), List.of());
    assertThat(graph.vertices()).hasSize(2);
    assertThat(graph.vertices().getFirst().meta().customName()).isEqualTo("later");
    assertThat(graph.vertices().getFirst().meta().caps()).containsExactly("source.image", "x");
  }

  @Test
  void attributesInAnyOrderGiveOneDigest() {
    SourceOp op = (SourceOp) SampleGraph.image().vertex().op();
    assertThat(op.attrs().keySet()).containsExactly("a", "b");
    assertThat(op.scheme()).isEqualTo("docker-image");
  }

  @Test
  void aMissingInputIsRefused() {
    Definition whole = SampleGraph.graph().toDefinition();
    Definition cut =
        whole.toBuilder()
            .clearDef()
            .addAllDef(whole.getDefList().subList(1, whole.getDefCount()))
            .build();
    assertThatExceptionOfType(InvalidGraphException.class)
        .isThrownBy(() -> Graph.of(cut))
        .withMessageContaining("is not in the definition");
  }

  @Test
  void anyOrderOfVerticesIsSorted() throws InvalidGraphException {
    Definition whole = SampleGraph.graph().toDefinition();
    var shuffled = whole.toBuilder().clearDef();
    for (int i = whole.getDefCount() - 2; i >= 0; i--) {
      shuffled.addDef(whole.getDef(i));
    }
    shuffled.addDef(whole.getDef(whole.getDefCount() - 1));
    Graph graph = Graph.of(shuffled.build());
    for (int i = 0; i < graph.vertices().size(); i++) {
      List<Digest> before = graph.vertices().subList(0, i).stream().map(Vertex::digest).toList();
      assertThat(graph.vertices().get(i).inputs())
          .allMatch(input -> before.contains(input.vertex()));
    }
  }

  @Test
  void anOperationThatUsesWhatItHasNotIsRefused() {
    assertThatThrownBy(
            () ->
                Vertex.of(
                    new MergeOp(List.of(0, 1)), List.of(), Optional.empty(), VertexMetadata.EMPTY))
        .hasMessageContaining("merge input is 0, allowed is 0 to -1");
  }

  @Test
  void definitionsNestedInOneAnotherHaveABound() {
    Graph inner = SampleGraph.graph();
    for (int i = 0; i < 10; i++) {
      Node build =
          Node.of(
              new BuildOp(
                  Op.NONE,
                  new java.util.TreeMap<>(),
                  Optional.of(inner),
                  new java.util.TreeMap<>()),
              List.of(),
              Optional.empty(),
              VertexMetadata.EMPTY);
      inner = Graph.of(build.out(), List.of());
    }
    Definition deep = inner.toDefinition();
    assertThatThrownBy(() -> Graph.of(deep)).hasMessageContaining("nested deeper than 8");
  }

  @Test
  void damagedDefinitionsAreRefusedOrRead() {
    byte[] whole = SampleGraph.graph().toDefinition().toByteArray();
    SplitRandom.run(
        random -> {
          for (int i = 0; i < 20_000; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j <= random.nextInt(3); j++) {
              damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            readOrRefuse(damaged);
          }
        });
  }

  @Test
  void damagedVerticesAreRefusedOrRead() {
    Definition whole = SampleGraph.graph().toDefinition();
    SplitRandom.run(
        random -> {
          for (int i = 0; i < 20_000; i++) {
            int victim = random.nextInt(whole.getDefCount() - 1);
            byte[] bytes = whole.getDef(victim).toByteArray();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            var damaged = Definition.newBuilder().addDef(ByteString.copyFrom(bytes));
            byte[] last = OpWriter.result(new Output(Digest.sha256(bytes), 0));
            readOrRefuse(damaged.addDef(ByteString.copyFrom(last)).build().toByteArray());
          }
        });
  }

  private static void readOrRefuse(byte[] bytes) {
    try {
      Graph graph = Graph.of(Definition.parseFrom(bytes));
      assertThat(graph.toDefinition().getDefCount()).isLessThanOrEqualTo(bytes.length);
    } catch (InvalidGraphException | InvalidProtocolBufferException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }
}

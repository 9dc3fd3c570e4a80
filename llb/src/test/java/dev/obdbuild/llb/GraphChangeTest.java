package dev.obdbuild.llb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class GraphChangeTest {

  private static final VertexMetadata NAMED =
      VertexMetadata.of(Map.of(VertexMetadata.CUSTOM_NAME, "both"), List.of());

  private static Node.Out source(String identifier) {
    return Node.of(
            SourceOp.of(identifier, Map.of()), List.of(), Optional.empty(), VertexMetadata.EMPTY)
        .out();
  }

  private static Graph merged(String first, String second) {
    Node merge =
        Node.of(
            new MergeOp(List.of(0, 1)),
            List.of(source(first), source(second)),
            Optional.empty(),
            NAMED);
    return Graph.of(merge.out(), List.of());
  }

  private static SourceOp renamed(SourceOp source, String from, String to) {
    return source.identifier().equals(from) ? SourceOp.of(to, source.attrs()) : source;
  }

  @Test
  void whatStandsAboveAChangedSourceIsTheSameGraphMadeWithThatSource() throws IOException {
    Graph changed =
        merged("https://a", "https://b")
            .withSources((s, p) -> renamed(s, "https://a", "https://c"));

    assertThat(changed).isEqualTo(merged("https://c", "https://b"));
    assertThat(changed.head().orElseThrow().meta()).isEqualTo(NAMED);
    assertThat(Graph.of(changed.toDefinition())).isEqualTo(changed);
  }

  @Test
  void aGraphWithoutChangesStaysByteForByte() throws IOException {
    Graph graph = merged("https://a", "https://b");

    assertThat(graph.withSources((s, p) -> s).toDefinition()).isEqualTo(graph.toDefinition());
  }

  @Test
  void sourcesThatBecomeEqualBecomeOne() throws IOException {
    Graph changed =
        merged("https://a", "https://b")
            .withSources((s, p) -> renamed(s, "https://a", "https://b"));

    assertThat(changed.vertices()).hasSize(2);
    assertThat(Graph.of(changed.toDefinition())).isEqualTo(changed);
  }

  @Test
  void aSourceThatMayNotBeUsedEndsIt() {
    assertThatThrownBy(
            () ->
                merged("https://a", "https://b")
                    .withSources(
                        (s, p) -> {
                          throw new IOException("not " + s.identifier());
                        }))
        .hasMessage("not https://a");
  }
}

package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass over a graph that puts other sources in the place of some. Used once. */
final class GraphChange {

  private final SourceChange change;
  private final Map<Digest, Digest> renamed = new LinkedHashMap<>();
  private final Map<Digest, Vertex> changed = new LinkedHashMap<>();

  GraphChange(SourceChange change) {
    this.change = change;
  }

  Graph apply(Graph graph) throws IOException {
    for (Vertex old : graph.vertices()) {
      Vertex vertex = apply(old);
      renamed.put(old.digest(), vertex.digest());
      // Two sources may have become the same.
      changed.putIfAbsent(vertex.digest(), vertex);
    }
    return new Graph(
        List.copyOf(changed.values()),
        graph.result().map(result -> new Output(now(result.vertex()), result.index())),
        graph.sources());
  }

  private Vertex apply(Vertex old) throws IOException {
    Op op = old.op() instanceof SourceOp source ? change.of(source, old.platform()) : old.op();
    List<Input> inputs =
        old.inputs().stream().map(in -> new Input(now(in.vertex()), in.index())).toList();
    return op.equals(old.op()) && inputs.equals(old.inputs())
        ? old
        : Vertex.of(op, inputs, old.platform(), old.meta());
  }

  private Digest now(Digest before) {
    return renamed.getOrDefault(before, before);
  }
}

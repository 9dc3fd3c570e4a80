package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects nodes depth first, inputs in order; of equal vertices the later one's texts win. */
final class GraphBuilder {
  private final Map<Digest, Vertex> vertices = new LinkedHashMap<>();
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private record Visit(Node node, Iterator<Node.Out> rest) {}

  private GraphBuilder() {}

  static Graph build(Node.Out result, List<SourceFile> sources) {
    GraphBuilder builder = new GraphBuilder();
    builder.collect(result.node());
    return new Graph(
        List.copyOf(builder.vertices.values()),
        Optional.of(new Output(result.node().vertex().digest(), result.index())),
        sources);
  }

  private void collect(Node root) {
    Deque<Visit> stack = new ArrayDeque<>();
    enter(root, stack);
    while (!stack.isEmpty()) {
      Visit visit = stack.element();
      if (visit.rest().hasNext()) {
        enter(visit.rest().next().node(), stack);
      } else {
        Vertex vertex = visit.node().vertex();
        vertices.merge(
            vertex.digest(), vertex, (old, late) -> old.withMeta(old.meta().merge(late.meta())));
        stack.pop();
      }
    }
  }

  private void enter(Node node, Deque<Visit> stack) {
    if (seen.add(node)) {
      stack.push(new Visit(node, node.used().iterator()));
    }
  }
}

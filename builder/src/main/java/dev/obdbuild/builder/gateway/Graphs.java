package dev.obdbuild.builder.gateway;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.InvalidGraphException;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.protos.pb.Definition;
import java.util.Map;
import java.util.TreeMap;

/**
 * Definitions from outside as graphs.
 *
 * @param announced what this builder does: a vertex that needs more is refused
 */
public record Graphs(Announced announced) {

  /**
   * A checked graph.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public Graph of(Definition definition) {
    try {
      Graph graph = Graph.of(definition);
      graph.vertices().forEach(this::check);
      return graph;
    } catch (InvalidGraphException e) {
      throw new IllegalArgumentException("invalid definition: " + e.getMessage(), e);
    }
  }

  private void check(Vertex vertex) {
    for (String cap : vertex.meta().caps()) {
      if (!announced.does(cap)) {
        throw new IllegalArgumentException(
            "requested feature " + cap + " is not supported by this builder");
      }
    }
  }

  /** Checked graphs by their names. */
  public Map<String, Graph> of(Map<String, Definition> definitions) {
    Map<String, Graph> graphs = new TreeMap<>();
    definitions.forEach((name, definition) -> graphs.put(name, of(definition)));
    return graphs;
  }
}

package dev.obdbuild.builder.daemon;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.InvalidGraphException;
import dev.obdbuild.protos.pb.Definition;
import java.util.Map;
import java.util.TreeMap;

/** Definitions from outside as graphs. */
final class Graphs {

  private Graphs() {}

  /**
   * A checked graph.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static Graph of(Definition definition) {
    try {
      return Graph.of(definition);
    } catch (InvalidGraphException e) {
      throw new IllegalArgumentException("invalid definition: " + e.getMessage(), e);
    }
  }

  /** Checked graphs by their names. */
  static Map<String, Graph> of(Map<String, Definition> definitions) {
    Map<String, Graph> graphs = new TreeMap<>();
    definitions.forEach((name, definition) -> graphs.put(name, of(definition)));
    return graphs;
  }
}

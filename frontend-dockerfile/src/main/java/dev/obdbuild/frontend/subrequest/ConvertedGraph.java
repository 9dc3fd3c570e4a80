package dev.obdbuild.frontend.subrequest;

import dev.obdbuild.llb.Graph;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a Dockerfile is as a graph. For scripts: there is no form for people. */
public record ConvertedGraph(Graph graph) {
  private static final String VERSION = "0.1.0";

  /** The metadata of the answer. */
  public SortedMap<String, byte[]> metadata() {
    SortedMap<String, byte[]> metadata = new TreeMap<>();
    metadata.put("result.json", Answer.bytes(Answer.indented(graph.toJson().toString())));
    metadata.put("version", Answer.bytes(VERSION));
    return metadata;
  }
}

package dev.obdbuild.solver;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Input;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressSink;
import dev.obdbuild.solver.progress.VertexProgress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The vertices of a solve and what has been said of them. Only those the result depends on. */
final class SolveVertices {

  private final Map<Digest, Vertex> vertices = new LinkedHashMap<>();
  private final Map<Digest, VertexProgress> progress = new LinkedHashMap<>();
  private final ProgressSink sink;

  SolveVertices(Graph graph, Digest target, ProgressSink sink) {
    this.sink = sink;
    Set<Digest> needed = ancestors(graph.byDigest(), target);
    for (Vertex vertex : graph.vertices()) {
      if (needed.contains(vertex.digest())) {
        vertices.put(vertex.digest(), vertex);
        progress.put(vertex.digest(), progressOf(vertex));
      }
    }
  }

  private VertexProgress progressOf(Vertex vertex) {
    List<Digest> inputs = vertex.inputs().stream().map(Input::vertex).distinct().toList();
    return new VertexProgress(
        sink,
        vertex.digest(),
        VertexNames.of(vertex),
        inputs,
        vertex.meta().progressGroup(),
        InstantSource.system());
  }

  /** The vertex itself and everything it depends on. */
  private static Set<Digest> ancestors(Map<Digest, Vertex> all, Digest of) {
    Set<Digest> seen = new HashSet<>();
    List<Digest> open = new ArrayList<>(List.of(of));
    while (!open.isEmpty()) {
      Digest next = open.removeLast();
      Vertex vertex = all.get(next);
      if (vertex == null) {
        throw new IllegalArgumentException("the graph has no vertex " + next);
      }
      if (seen.add(next)) {
        vertex.inputs().forEach(input -> open.add(input.vertex()));
      }
    }
    return seen;
  }

  /** All of them, inputs before what uses them. */
  Collection<Vertex> all() {
    return Collections.unmodifiableCollection(vertices.values());
  }

  Vertex get(Digest digest) {
    Vertex vertex = vertices.get(digest);
    if (vertex == null) {
      throw new IllegalArgumentException("the graph has no vertex " + digest);
    }
    return vertex;
  }

  VertexProgress progress(Vertex vertex) {
    VertexProgress found = progress.get(vertex.digest());
    if (found == null) {
      throw new IllegalArgumentException("the graph has no vertex " + vertex.digest());
    }
    return found;
  }

  void announce() {
    List<ProgressEvent> events = new ArrayList<>();
    progress.values().forEach(vertex -> events.add(vertex.announcement()));
    sink.acceptAll(events);
  }

  /** Says that a vertex was known, and with it everything before it of which nothing was said. */
  void markCached(Vertex vertex) {
    Set<Digest> before = ancestors(vertices, vertex.digest());
    progress.forEach(
        (digest, each) -> {
          if (before.contains(digest) && !digest.equals(vertex.digest())) {
            each.cachedIfUntouched();
          }
        });
    progress(vertex).cached();
  }

  /** Ends whatever has started and not ended. */
  void abandonOpen(String error) {
    progress.values().forEach(vertex -> vertex.abandon(error));
  }

  /** Completes whatever has started and not ended: it may start again. */
  void completeOpen() {
    progress.values().forEach(VertexProgress::endProbe);
  }
}

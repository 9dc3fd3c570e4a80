package dev.obdbuild.solver;

import dev.obdbuild.llb.Input;
import dev.obdbuild.llb.PassthroughOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a lazy solver must execute, said with recursion and maps and nothing else. */
final class SequentialModel {

  /** A vertex that fails was executed. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Map<String, String> results = new HashMap<>();
  private final Set<String> contentsKnown = new HashSet<>();
  private final Map<String, Integer> versions = new HashMap<>();

  /** One solve of the model. */
  final class Run {
    final Set<String> executed = new LinkedHashSet<>();
    private final Map<Digest, Vertex> graph;
    private final Map<String, Set<Integer>> byContent;
    private final Set<String> failing;
    private final Set<String> forced;
    private final Map<Digest, String> values = new HashMap<>();

    Run(
        Map<Digest, Vertex> graph,
        Map<String, Set<Integer>> byContent,
        Set<String> failing,
        Set<String> forced) {
      this.graph = graph;
      this.byContent = byContent;
      this.failing = failing;
      this.forced = forced;
    }

    private Vertex vertex(Digest digest) {
      return java.util.Objects.requireNonNull(graph.get(digest));
    }

    private static String name(Vertex vertex) {
      return ((PassthroughOp) vertex.op()).id();
    }

    private boolean byContent(Vertex vertex, int input) {
      return byContent.getOrDefault(name(vertex), Set.of()).contains(input);
    }

    private boolean forced(Vertex vertex) {
      boolean is = forced.contains(name(vertex));
      for (int i = 0; i < vertex.inputs().size(); i++) {
        is |= !byContent(vertex, i) && forced(vertex(vertex.inputs().get(i).vertex()));
      }
      return is;
    }

    String key(Digest digest) {
      Vertex vertex = vertex(digest);
      StringBuilder key = new StringBuilder(name(vertex)).append('[');
      for (int i = 0; i < vertex.inputs().size(); i++) {
        Digest below = vertex.inputs().get(i).vertex();
        key.append(byContent(vertex, i) ? "content " + content(below) : key(below)).append(';');
      }
      return key.append(']').toString();
    }

    private String content(Digest below) {
      String key = key(below);
      boolean known =
          !forced(vertex(below))
              && results.containsKey(key)
              && contentsKnown.contains(key + "#" + versions.get(key));
      if (!known) {
        value(below);
        contentsKnown.add(key + "#" + versions.get(key));
      }
      return Toys.content(java.util.Objects.requireNonNull(results.get(key)));
    }

    String value(Digest digest) {
      String done = values.get(digest);
      if (done != null) {
        return done;
      }
      Vertex vertex = vertex(digest);
      String key = key(digest);
      boolean first = !executedKeys.contains(key);
      String stored = results.get(key);
      if (stored != null && !(forced(vertex) && first)) {
        values.put(digest, stored);
        return stored;
      }
      List<String> inputs = new ArrayList<>();
      for (Input input : vertex.inputs()) {
        inputs.add(value(input.vertex()));
      }
      executed.add(name(vertex));
      executedKeys.add(key);
      if (failing.contains(name(vertex))) {
        throw new Failure();
      }
      String made = SolverPropertyTest.compute(name(vertex), inputs, byContent);
      results.put(key, made);
      versions.merge(key, 1, Integer::sum);
      values.put(digest, made);
      return made;
    }

    private final Set<String> executedKeys = new HashSet<>();
  }

  Run run(
      Map<Digest, Vertex> graph,
      Map<String, Set<Integer>> byContent,
      Set<String> failing,
      Set<String> forced) {
    return new Run(graph, byContent, failing, forced);
  }
}

package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The filesystems that a client defines itself, ready to be joined with further nodes. */
final class InputTrees {
  private final Map<String, Optional<Node.Out>> trees = new TreeMap<>();
  private final List<SourceFile> files = new ArrayList<>();

  /**
   * @param firstFile where {@link #files} will stand in the graph that is made of them
   */
  InputTrees(Map<String, Graph> inputs, int firstFile) {
    new TreeMap<>(inputs)
        .forEach(
            (name, graph) -> {
              trees.put(name, Node.of(graph, firstFile + files.size()));
              files.addAll(graph.sources());
            });
  }

  /** The filesystem of an input, which may be empty itself; empty if there is no such input. */
  Optional<Tree> get(String name) {
    return Optional.ofNullable(trees.get(name)).map(Tree::of);
  }

  /** The files that the inputs were made from. */
  List<SourceFile> files() {
    return files;
  }
}

package dev.obdbuild.builder.export;

import dev.obdbuild.llb.ExecOp;
import dev.obdbuild.llb.FileAction;
import dev.obdbuild.llb.FileOp;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.Input;
import dev.obdbuild.llb.MergeOp;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.Digest;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which vertices of a graph yield the layers of its result: from the result down along what each
 * vertex writes on. Their layers are part of the image before the build is over.
 */
final class ExportedChain {

  private ExportedChain() {}

  static Set<Digest> of(Graph graph) {
    Map<Digest, Vertex> vertices = graph.byDigest();
    Set<Digest> chain = new HashSet<>();
    Optional<Digest> at = graph.result().map(result -> result.vertex());
    while (at.isPresent() && chain.add(at.get())) {
      Vertex vertex = vertices.get(at.get());
      at = vertex == null ? Optional.empty() : below(vertex);
    }
    return chain;
  }

  private static Optional<Digest> below(Vertex vertex) {
    OptionalInt input =
        switch (vertex.op()) {
          case ExecOp exec -> OptionalInt.of(exec.root().input());
          case FileOp file -> firstOf(file);
          case MergeOp merge -> OptionalInt.of(merge.inputs().getFirst());
          default -> OptionalInt.empty();
        };
    return input.isEmpty() || input.getAsInt() < 0 || input.getAsInt() >= vertex.inputs().size()
        ? Optional.empty()
        : Optional.of(vertex.inputs().get(input.getAsInt())).map(Input::vertex);
  }

  /** What the first action writes on. */
  private static OptionalInt firstOf(FileOp file) {
    return file.actions().stream().mapToInt(FileAction::input).findFirst();
  }
}

package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Platform;
import java.util.List;
import java.util.Optional;

/**
 * A vertex under construction that knows its inputs as objects, so that a frontend needs no table
 * of digests. What the result does not need never reaches the graph.
 */
public final class Node {
  private final Vertex vertex;
  private final List<Out> inputs;

  private Node(Vertex vertex, List<Out> inputs) {
    this.vertex = vertex;
    this.inputs = inputs;
  }

  /** One output of a node. */
  public record Out(Node node, int index) {
    /** The same thing as a vertex's input. */
    public Input input() {
      return new Input(node.vertex.digest(), index);
    }
  }

  /**
   * A node whose operation names {@code inputs} by their index.
   *
   * @throws IllegalArgumentException if the operation uses inputs that are not there
   */
  public static Node of(Op op, List<Out> inputs, Optional<Platform> platform, VertexMetadata meta) {
    List<Out> own = List.copyOf(inputs);
    Vertex vertex = Vertex.of(op, own.stream().map(Out::input).toList(), platform, meta);
    return new Node(vertex, own);
  }

  /** The first output. */
  public Out out() {
    return new Out(this, 0);
  }

  public Vertex vertex() {
    return vertex;
  }

  List<Out> inputs() {
    return inputs;
  }
}

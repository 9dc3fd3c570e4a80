package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.image.Platform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A vertex under construction that knows its inputs as objects, so that a frontend needs no table
 * of digests. What the result does not need never reaches the graph.
 */
public final class Node {
  private final Vertex vertex;
  private final List<Out> inputs;
  private final List<Out> used;

  private Node(Vertex vertex, List<Out> inputs, List<Out> used) {
    this.vertex = vertex;
    this.inputs = inputs;
    this.used = used;
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
    return of(op, inputs, inputs, platform, meta);
  }

  /**
   * A node some of whose inputs have equals.
   *
   * @param used all that the operation uses, in its order: {@code inputs}, and nodes equal to one
   *     of them, whose texts count too
   */
  public static Node of(
      Op op, List<Out> inputs, List<Out> used, Optional<Platform> platform, VertexMetadata meta) {
    List<Out> own = List.copyOf(inputs);
    Vertex vertex = Vertex.of(op, own.stream().map(Out::input).toList(), platform, meta);
    return new Node(vertex, own, List.copyOf(used));
  }

  /**
   * The result of a graph as an input of further nodes; empty if it is an empty filesystem.
   *
   * @param firstSource where the graph's files will stand among those of the new graph
   */
  public static Optional<Out> of(Graph graph, int firstSource) {
    Map<Digest, Node> nodes = new HashMap<>();
    for (Vertex vertex : graph.vertices()) {
      List<Out> inputs =
          vertex.inputs().stream()
              .map(input -> new Out(made(nodes, input.vertex()), input.index()))
              .toList();
      VertexMetadata meta = vertex.meta();
      List<SourceLocation> locations =
          meta.locations().stream()
              .map(at -> new SourceLocation(at.source() + firstSource, at.ranges()))
              .toList();
      nodes.put(
          vertex.digest(),
          new Node(vertex.withMeta(meta.withLocations(locations)), inputs, inputs));
    }
    return graph.result().map(output -> new Out(made(nodes, output.vertex()), output.index()));
  }

  private static Node made(Map<Digest, Node> nodes, Digest digest) {
    Node node = nodes.get(digest);
    if (node == null) {
      throw new IllegalArgumentException("vertex " + digest + " is used before it stands");
    }
    return node;
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

  /** The inputs, and nodes that are equal to one of them. */
  List<Out> used() {
    return used;
  }
}

package dev.obdbuild.llb;

import dev.obdbuild.oci.image.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts inputs before the vertices that use them, without recursion: depth is the sender's choice.
 */
final class TopologicalOrder {
  private TopologicalOrder() {}

  private enum Mark {
    OPEN,
    DONE
  }

  static List<Vertex> of(Map<Digest, Vertex> vertices) throws InvalidGraphException {
    List<Vertex> sorted = new ArrayList<>(vertices.size());
    Map<Digest, Mark> marks = new HashMap<>();
    for (Vertex start : vertices.values()) {
      Deque<Vertex> stack = new ArrayDeque<>();
      stack.push(start);
      while (!stack.isEmpty()) {
        Vertex vertex = stack.element();
        Mark mark = marks.get(vertex.digest());
        if (mark == null) {
          marks.put(vertex.digest(), Mark.OPEN);
          pushInputs(vertex, vertices, marks, stack);
        } else {
          stack.pop();
          if (mark == Mark.OPEN) {
            marks.put(vertex.digest(), Mark.DONE);
            sorted.add(vertex);
          }
        }
      }
    }
    return sorted;
  }

  private static void pushInputs(
      Vertex vertex, Map<Digest, Vertex> vertices, Map<Digest, Mark> marks, Deque<Vertex> stack)
      throws InvalidGraphException {
    for (Input input : vertex.inputs().reversed()) {
      Vertex other = vertices.get(input.vertex());
      if (other == null) {
        throw new InvalidGraphException(
            "vertex "
                + vertex.digest()
                + ": input "
                + input.vertex()
                + " is not in the definition");
      }
      if (input.index() >= OpCheck.outputs(other.op())) {
        throw new InvalidGraphException(
            "vertex " + vertex.digest() + ": input " + input + " has no such output");
      }
      Mark mark = marks.get(other.digest());
      if (mark == Mark.OPEN) {
        throw new InvalidGraphException("vertex " + vertex.digest() + " depends on itself");
      }
      if (mark == null) {
        stack.push(other);
      }
    }
  }
}

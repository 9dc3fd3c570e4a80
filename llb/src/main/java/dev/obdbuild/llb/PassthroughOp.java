package dev.obdbuild.llb;

import java.util.List;

/**
 * Hands inputs on unchanged.
 *
 * @param outputs indices into the vertex's inputs
 */
public record PassthroughOp(String id, List<Integer> outputs) implements Op {

  public PassthroughOp {
    outputs = List.copyOf(outputs);
  }
}

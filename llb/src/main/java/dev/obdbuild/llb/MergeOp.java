package dev.obdbuild.llb;

import java.util.List;

/**
 * Lays filesystems over one another, the first at the bottom.
 *
 * @param inputs indices into the vertex's inputs
 */
public record MergeOp(List<Integer> inputs) implements Op {

  public MergeOp {
    inputs = List.copyOf(inputs);
  }
}

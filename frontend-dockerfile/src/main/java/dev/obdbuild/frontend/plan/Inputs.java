package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Node;
import dev.obdbuild.llb.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The inputs of a vertex under construction; equal ones share an index. */
final class Inputs {
  private final List<Node.Out> nodes = new ArrayList<>();
  private final List<Node.Out> used = new ArrayList<>();

  /** The index of {@code input}, {@link Op#NONE} if there is none. */
  int index(Optional<Node.Out> input) {
    if (input.isEmpty()) {
      return Op.NONE;
    }
    used.add(input.get());
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).input().equals(input.get().input())) {
        return i;
      }
    }
    nodes.add(input.get());
    return nodes.size() - 1;
  }

  /** All that was asked for, equal ones too. */
  List<Node.Out> used() {
    return used;
  }

  List<Node.Out> nodes() {
    return nodes;
  }
}

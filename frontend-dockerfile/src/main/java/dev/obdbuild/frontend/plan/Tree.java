package dev.obdbuild.frontend.plan;

import dev.obdbuild.llb.Node;
import java.util.Collection;
import java.util.Optional;

/** A filesystem that stands in for an image or a stage. */
@FunctionalInterface
interface Tree {

  /**
   * The filesystem as an input of steps; empty if it is empty.
   *
   * @param paths what they use of it, relative; none is all
   */
  Optional<Node.Out> out(Collection<String> paths);

  /** A filesystem that is what it is, whatever is used of it. */
  static Tree of(Optional<Node.Out> out) {
    return paths -> out;
  }
}

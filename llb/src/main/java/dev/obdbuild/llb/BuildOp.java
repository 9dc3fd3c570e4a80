package dev.obdbuild.llb;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A build inside the build.
 *
 * @param builder index of the input that is the builder, or {@link Op#NONE} for LLB itself
 * @param inputs names of inputs, as indices into the vertex's inputs
 * @param definition the graph to build, if it is not a file of an input
 */
public record BuildOp(
    int builder,
    SortedMap<String, Integer> inputs,
    Optional<Graph> definition,
    SortedMap<String, String> attrs)
    implements Op {

  public BuildOp {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    attrs = Collections.unmodifiableSortedMap(new TreeMap<>(attrs));
  }
}

package dev.obdbuild.builder.build;

import dev.obdbuild.llb.Graph;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a scan for packages of a ref is to know.
 *
 * @param extras graphs to look into besides the ref itself, by name
 * @param anew whether it is run even if its answer is known
 */
public record Scanned(SortedMap<String, Graph> extras, boolean anew) {

  /** Nothing in particular. */
  static final Scanned PLAIN = new Scanned(new TreeMap<>(), false);

  public Scanned {
    extras = Collections.unmodifiableSortedMap(new TreeMap<>(extras));
  }
}

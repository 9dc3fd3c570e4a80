package dev.obdbuild.snapshots.live;

import java.util.ArrayList;
import java.util.List;

/**
 * What a device shows: the layers of one snapshot.
 *
 * @param snapshot id of the snapshot, {@link #EMPTY} for the empty filesystem
 * @param layers layer ids, bottom first
 */
public record Chain(String snapshot, List<String> layers) {
  /** Id of the snapshot that is an empty filesystem. */
  public static final String EMPTY = "scratch";

  public Chain {
    layers = List.copyOf(layers);
  }

  /** The empty filesystem. */
  public static Chain empty() {
    return new Chain(EMPTY, List.of());
  }

  /** This chain with one more layer, which is another snapshot. */
  public Chain plus(String childSnapshot, String layer) {
    List<String> more = new ArrayList<>(layers);
    more.add(layer);
    return new Chain(childSnapshot, more);
  }
}

package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.snapshots.convert.ChainKey;
import dev.obdbuild.snapshots.live.Chain;
import java.time.Instant;
import java.util.List;

/**
 * A snapshot as read from the database.
 *
 * @param stored its layers, bottom first
 * @param key identity of its chain
 */
record StoredSnapshot(
    String id,
    List<StoredLayer> stored,
    List<Instant> layerTimes,
    ChainKey key,
    Instant created,
    long size,
    String description)
    implements Snapshot {
  StoredSnapshot {
    stored = List.copyOf(stored);
    layerTimes = List.copyOf(layerTimes);
  }

  @Override
  public List<LayerSource> layers() {
    return List.copyOf(stored);
  }

  Chain chain() {
    return new Chain(id, stored.stream().map(StoredLayer::id).toList());
  }

  boolean empty() {
    return stored.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredSnapshot that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "snapshot " + id + " of " + stored.size() + " layers (" + description + ")";
  }
}

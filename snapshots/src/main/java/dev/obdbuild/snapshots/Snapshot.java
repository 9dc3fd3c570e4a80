package dev.obdbuild.snapshots;

import dev.obdbuild.oci.image.LayerSource;
import java.time.Instant;
import java.util.List;

/**
 * An immutable root filesystem: a chain of layers. Thread-safe; it needs no closing and holds
 * nothing open.
 *
 * <p>It stays in the store while a {@link Lease}, an image or a snapshot standing on it holds it;
 * afterwards it may be pruned and its use fails with a {@link SnapshotGoneException}.
 */
public interface Snapshot {
  /** Its name in this store, stable across processes. */
  String id();

  /**
   * Its layers, bottom first; empty for the empty filesystem. Each has a stable file while the
   * snapshot exists.
   */
  List<LayerSource> layers();

  Instant created();

  /** When each of {@link #layers} came into the store: stable from build to build. */
  List<Instant> layerTimes();

  /** Stored bytes of its own (top) layer. */
  long size();

  /** What made it, as shown to users. */
  String description();
}

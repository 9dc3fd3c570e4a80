package dev.obdbuild.snapshots.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One snapshot: its parent's layers and one more.
 *
 * @param chain identity of the whole chain: the OCI chain id of a base, a hash of parent and step
 *     key otherwise
 * @param kind {@link #BASE} for layers of base images, {@link #STEP} for results of steps
 * @param size stored bytes of its own layer (compressed for remote layers)
 * @param uses how often it was taken from the store
 */
public record SnapshotRow(
    String id,
    Optional<String> parent,
    String layer,
    String chain,
    String kind,
    String description,
    long size,
    Instant created,
    Instant used,
    long uses) {
  /** Times are kept in milliseconds: a fresh row equals the one that is read back. */
  public SnapshotRow {
    created = created.truncatedTo(ChronoUnit.MILLIS);
    used = used.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Kind of snapshots that came with a base image. */
  public static final String BASE = "base";

  /** Kind of snapshots that a step made. */
  public static final String STEP = "step";
}

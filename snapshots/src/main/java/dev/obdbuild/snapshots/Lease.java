package dev.obdbuild.snapshots;

import java.io.IOException;

/**
 * Keeps snapshots, and all they stand on, from being pruned. Thread-safe.
 *
 * <p>Ends with {@link #close}; when its process dies, when its time is over.
 */
public interface Lease extends AutoCloseable {
  String id();

  /**
   * Holds {@code snapshot} too.
   *
   * @throws SnapshotGoneException when it was pruned meanwhile
   */
  void add(Snapshot snapshot) throws IOException;

  /** Idle devices are closed when the last open lease of this process ends. */
  @Override
  void close() throws IOException;
}

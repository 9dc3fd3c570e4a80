package dev.obdbuild.snapshots;

import java.io.IOException;

/**
 * A snapshot was pruned, or its unsealed layers were lost in a power cut: what made it must run
 * again.
 */
public final class SnapshotGoneException extends IOException {
  public SnapshotGoneException(String id, String why) {
    super("snapshot " + id + " is no longer in the store: " + why);
  }
}

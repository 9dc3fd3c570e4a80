package dev.obdbuild.snapshots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A snapshot mounted read-only, shared with other readers. Thread-safe; close it once. */
public interface MountedView extends AutoCloseable {
  /** The mounted root. Touch it only on {@link Snapshots#mountThreads} or in child processes. */
  Path path();

  /** The first read of the device that failed: what was read here is not to be trusted. */
  Optional<IOException> deviceFailure();

  @Override
  void close() throws IOException;
}

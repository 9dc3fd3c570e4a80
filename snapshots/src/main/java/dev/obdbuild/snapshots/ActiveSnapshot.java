package dev.obdbuild.snapshots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A writable mounted folder over a parent snapshot, for one step. Used by one thread at a time,
 * except {@link #failDevice} and {@link #deviceFailure}.
 */
public interface ActiveSnapshot extends AutoCloseable {
  /** The mounted root. Touch it only on {@link Snapshots#mountThreads} or in child processes. */
  Path path();

  /**
   * Freezes what was written into a new snapshot, on disk as far as a killed process is concerned.
   * The device and its mount stay, read-only, for the next step on the new snapshot. Waits while
   * too many layers wait for being sealed.
   *
   * @throws IOException when the device failed a read or write, the filesystem was marked as
   *     damaged, or somebody still writes (named); the snapshot is then not made and the caller
   *     closes this one
   */
  Snapshot commit(String description) throws IOException;

  /**
   * Whether nothing was written, as far as the kind of filesystem lets that be known. Nobody may
   * write any more: what comes next is {@link #commit} or {@link #close}.
   *
   * @throws IOException as {@link #commit}
   */
  boolean isUntouched() throws IOException;

  /** Drops everything that was written and releases the folder; after a commit it only releases. */
  @Override
  void close() throws IOException;

  /**
   * Lets every read and write of the device fail from now on, so that hung processes can end. Never
   * blocks.
   */
  void failDevice();

  /**
   * The first read or write of the device that failed: the step has failed, whatever its exit code
   * says.
   */
  Optional<IOException> deviceFailure();
}

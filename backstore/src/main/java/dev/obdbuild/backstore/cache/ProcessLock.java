package dev.obdbuild.backstore.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Locks of byte ranges between processes. Asked for again and again instead of waited for: a wait
 * in {@link FileChannel#lock} closes the channel for everybody when its thread is interrupted, and
 * has no end when the other process is stopped.
 */
final class ProcessLock {

  private static final long PAUSE_NANOS = 2_000_000;

  private ProcessLock() {}

  /** Bytes of a file, which need not exist. */
  record Range(long from, long length) {}

  /** Takes the lock of one byte. */
  static FileLock take(FileChannel file, long at, boolean shared, Duration patience, Object name)
      throws IOException {
    return take(file, new Range(at, 1), shared, patience, name);
  }

  /**
   * Takes the lock of a range.
   *
   * @throws IOException when another process keeps it for longer than {@code patience}
   */
  static FileLock take(
      FileChannel file, Range range, boolean shared, Duration patience, Object name)
      throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      FileLock lock = file.tryLock(range.from(), range.length(), shared);
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - end >= 0) {
        throw new IOException(name + ": another process keeps it locked for " + patience);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}

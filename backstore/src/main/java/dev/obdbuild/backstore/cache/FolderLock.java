package dev.obdbuild.backstore.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of one process at a time open blobs of a folder or evict them. Nobody waits for a
 * registry while holding it. Thread-safe.
 */
final class FolderLock implements Closeable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path path;
  private final FileChannel file;
  private final ReentrantLock threads = new ReentrantLock();

  private FolderLock(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  static FolderLock open(Path folder) throws IOException {
    Path path = folder.resolve("lock");
    return new FolderLock(
        path, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  /** What is done under the lock. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  void run(Action action) throws IOException {
    threads.lock();
    try (FileLock ignored = ProcessLock.take(file, 0, false, PATIENCE, path)) {
      action.run();
    } finally {
      threads.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

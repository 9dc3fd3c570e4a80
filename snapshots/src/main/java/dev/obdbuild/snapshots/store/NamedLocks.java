package dev.obdbuild.snapshots.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks by name between the threads of this process and between processes that share the state
 * directory. A killed process lets go of its locks. The lock files stay: removing them would be a
 * race.
 */
public final class NamedLocks {
  private static final long POLL_MILLIS = 20;

  private final StorePaths paths;
  // The kernel's record locks are the process's: threads need a lock of their own.
  private final ConcurrentMap<String, ReentrantLock> threads = new ConcurrentHashMap<>();

  public NamedLocks(StorePaths paths) {
    this.paths = paths;
  }

  /** A lock that is held until closed, by the same thread. */
  public interface Held extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /** Waits for the lock. Not reentrant. */
  public Held lock(String name) throws IOException {
    ReentrantLock thread = threads.computeIfAbsent(name, _ -> new ReentrantLock());
    thread.lock();
    boolean locked = false;
    try {
      FileChannel channel =
          FileChannel.open(paths.lock(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        lock(channel, name);
        locked = true;
      } finally {
        if (!locked) {
          channel.close();
        }
      }
      return () -> {
        try {
          channel.close();
        } finally {
          thread.unlock();
        }
      };
    } finally {
      if (!locked) {
        thread.unlock();
      }
    }
  }

  private static void lock(FileChannel channel, String name) throws IOException {
    while (true) {
      try {
        var _ = channel.lock();
        return;
      } catch (OverlappingFileLockException e) {
        // Another store of this same process has it; the kernel cannot make us wait for ourselves.
        pause(name);
      }
    }
  }

  private static void pause(String name) throws IOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the lock " + name, e);
    }
  }
}

package dev.obdbuild.worker.lock;

import dev.obdbuild.solver.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One lock file as the threads of this process see it: the kernel's record locks belong to the
 * whole process, so holders are counted here, and the first and last of them lock and unlock the
 * file.
 */
public final class FolderLock {

  private static final long POLL_MILLIS = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Path file;
  private @Nullable FileChannel channel;
  private int sharers;
  private boolean exclusive;

  /** The lock that {@code file} is; it is made when it is first taken. */
  public FolderLock(Path file) {
    this.file = file;
  }

  /** Takes the lock if that is possible at once; closing the answer gives it back. */
  public Optional<Held> tryLock(boolean wantsExclusive) throws IOException {
    lock.lock();
    try {
      if (exclusive || (wantsExclusive && sharers > 0)) {
        return Optional.empty();
      }
      if (channel == null && !lockFile(wantsExclusive)) {
        return Optional.empty();
      }
      if (wantsExclusive) {
        exclusive = true;
      } else {
        sharers++;
      }
      return Optional.of(new Held(this));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the lock; closing the answer gives it back.
   *
   * @throws java.util.concurrent.CancellationException when cancelled while waiting
   */
  public Held await(boolean wantsExclusive, Cancellation cancellation) throws IOException {
    CountDownLatch cancelled = new CountDownLatch(1);
    try (Cancellation.Registration r = cancellation.onCancel(cancelled::countDown)) {
      while (true) {
        Optional<Held> held = tryLock(wantsExclusive);
        if (held.isPresent()) {
          return held.get();
        }
        cancellation.throwIfCancelled();
        // Another process may hold it: the kernel has no queue that we could leave when cancelled.
        if (cancelled.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          cancellation.throwIfCancelled();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + file, e);
    }
  }

  private boolean lockFile(boolean wantsExclusive) throws IOException {
    FileChannel opened =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock got = opened.tryLock(0, Long.MAX_VALUE, !wantsExclusive);
      locked = got != null;
    } catch (OverlappingFileLockException e) {
      locked = false; // somebody else in this process, who does not share this object
    } finally {
      if (!locked) {
        opened.close();
      }
    }
    channel = locked ? opened : null;
    return locked;
  }

  private void release() throws IOException {
    lock.lock();
    try {
      if (exclusive) {
        exclusive = false;
      } else {
        sharers--;
      }
      FileChannel open = channel;
      if (sharers == 0 && open != null) {
        channel = null;
        open.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The lock, held. Closing twice is harmless. */
  public static final class Held implements AutoCloseable {
    private @Nullable FolderLock owner;

    private Held(FolderLock owner) {
      this.owner = owner;
    }

    @Override
    public void close() throws IOException {
      FolderLock held = owner;
      owner = null;
      if (held != null) {
        held.release();
      }
    }
  }
}

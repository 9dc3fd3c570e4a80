package dev.obdbuild.snapshots.mount;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The bounded pool of platform threads on which every system call that touches a served mount runs:
 * copying, hashing, stat, mount, unmount, trim. Callers, on threads of any kind, wait for the
 * result.
 *
 * <p>Work that itself calls {@link #call} runs in place, so nesting cannot starve the pool. Work
 * must not wait for other work of the pool.
 */
public final class MountThreads implements AutoCloseable {
  private final ThreadGroup group = new ThreadGroup("mounts");
  private final ExecutorService pool;

  /** A pool of at most {@code threads} threads, started as needed, never interrupted. */
  public MountThreads(int threads) {
    pool =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = new Thread(group, work, "mount-" + group.activeCount());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs {@code work} on a thread of the pool and waits for it, without giving up when the caller
   * is interrupted (the call may hold kernel locks); the interrupt is kept for the caller.
   *
   * @throws IOException what the work threw; other exceptions come as they are
   */
  public <T> T call(Callable<T> work) throws IOException {
    if (Thread.currentThread().getThreadGroup() == group) {
      return inPlace(work);
    }
    Future<T> future = pool.submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw rethrow(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException e) {
          throw new IOException("the store was closed while a mount was in use", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Starts no more work; running work ends by itself. */
  @Override
  public void close() {
    pool.shutdown();
  }

  private static <T> T inPlace(Callable<T> work) throws IOException {
    try {
      return work.call();
    } catch (Exception e) {
      throw rethrow(e);
    }
  }

  private static IOException rethrow(Throwable failure) {
    switch (failure) {
      case IOException e -> {
        return e;
      }
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> {
        return new IOException("work on a mount failed: " + failure.getMessage(), failure);
      }
    }
  }
}

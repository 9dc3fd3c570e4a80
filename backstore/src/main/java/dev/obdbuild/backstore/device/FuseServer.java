package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.fuse.FuseChannel;
import dev.obdbuild.linux.fuse.FuseConnection;
import dev.obdbuild.linux.fuse.FuseReply;
import dev.obdbuild.linux.fuse.FuseSession;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.process.ProcessSettings;
import dev.obdbuild.linux.sys.Errno;
import dev.obdbuild.linux.sys.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads that serve one FUSE session, and its end. Reads that may wait for a registry are
 * handed to the {@link FetchPool} whenever no other thread is left to take the next request, so
 * writes and cached reads never queue behind a fetch.
 */
final class FuseServer {
  private static final Duration JOIN_FIRST = Duration.ofMillis(200);

  private final FuseSession session;
  private final FuseConnection connection;
  private final FuseOperations operations;
  private final ServeOptions options;
  private final FetchPool<FuseReply> fetches;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();

  FuseServer(
      FuseSession session,
      BlockDevice device,
      boolean readOnly,
      ServeOptions options,
      FetchPool<FuseReply> fetches)
      throws IOException {
    this.session = session;
    this.connection = session.connection();
    this.operations = new FuseOperations(new PatientDevice(device), readOnly, options);
    this.options = options;
    this.fetches = fetches;
  }

  Path file() {
    return session.file();
  }

  /** Whether another process could take over; known once the first request was answered. */
  boolean resends() {
    return operations.resends();
  }

  /** Starts the threads; each has its own buffer, made here. */
  void start() {
    String name = "fuse-" + session.file().getFileName() + "-";
    for (int i = 0; i < options.threads(); i++) {
      FuseChannel channel = session.channel(options.maxTransfer());
      threads.add(Thread.ofPlatform().daemon().name(name + i).unstarted(() -> serve(channel)));
    }
    threads.forEach(Thread::start);
  }

  private void serve(FuseChannel channel) {
    ProcessSettings
        .serveBlockIo(); // best effort; without it memory reclaim is a little more likely to wait
    // for us
    try (channel) {
      waiting.incrementAndGet();
      while (channel.next()) {
        int others = waiting.decrementAndGet();
        if (others > 0
            || !operations.mayWait(channel)
            || !putAside(channel.unique(), channel.offset(), channel.size())) {
          operations.answer(channel);
        }
        waiting.incrementAndGet();
      }
    } catch (Throwable e) {
      // A server that stopped half-way would hang its users for good; without a session they get
      // errors.
      broke(e);
    }
  }

  private boolean putAside(long unique, long offset, int size) {
    return fetches.submit(this, reply -> fetch(unique, offset, size, reply));
  }

  /** Carries out a read that was put aside; on one of the pool's threads. */
  private void fetch(long unique, long offset, int size, FuseReply reply) {
    try {
      int length = operations.length(offset, size);
      int error = operations.read(offset, reply.body(length));
      if (error == 0) {
        reply.reply(session, unique, length);
      } else {
        reply.fail(session, unique, error);
      }
    } catch (Throwable e) {
      broke(e);
    }
  }

  private void broke(Throwable cause) {
    broken.compareAndSet(null, cause);
    operations.fail(new IOException("serving " + session.file() + " failed: " + cause, cause));
    try {
      connection.abort();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Fails every access from now on. */
  void abort() throws IOException {
    operations.fail(new IOException(session.file() + " was aborted"));
    connection.abort();
  }

  /**
   * Unmounts the file and waits for the threads. The loop device may hold the file for a moment
   * after it was cleared, and for long when a mount namespace elsewhere, such as a container's, was
   * made while it was mounted. Whoever holds it is then cut off; that is an error only for a user
   * in this namespace.
   */
  void end() throws IOException {
    IOException busy = null;
    if (!unmounted()) {
      DeviceUsers users = DeviceUsers.of(session.file());
      if (!users.onlyElsewhere()) {
        busy = new IOException(session.file() + " was still in use, " + users + ", and is cut off");
      }
      Mounts.detach(session.file());
      connection.abort();
    }
    // A copy of the mount in another namespace keeps the session alive although ours is gone.
    if (!ended(JOIN_FIRST)) {
      connection.abort();
      ended(Duration.ZERO);
    }
    fetches.drain(this);
    Throwable reason = broken.get();
    if (busy == null && reason != null) {
      busy = new IOException("serving " + session.file() + " failed: " + reason, reason);
    }
    if (busy != null) {
      throw busy;
    }
  }

  /** Waits for the threads, {@code atMost} for each; without bound when that is zero. */
  private boolean ended(Duration atMost) {
    boolean all = true;
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.NEW) {
        try {
          thread.join(atMost.toMillis());
          break;
        } catch (InterruptedException e) {
          interrupted = true; // cleaning up goes on; the caller learns of it at its next wait
        }
      }
      all &= !thread.isAlive();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return all;
  }

  /** Within a second. */
  private boolean unmounted() throws IOException {
    for (int attempt = 0; attempt < 10; attempt++) {
      try {
        Mounts.unmount(session.file());
        return true;
      } catch (LinuxException e) {
        if (e.is(Errno.EINVAL)) {
          connection.abort(); // somebody else took the mount away
          return true;
        }
        if (!e.is(Errno.EBUSY)) {
          throw e;
        }
      }
      pause(1L << attempt);
    }
    return false;
  }

  private static void pause(long milliseconds) {
    boolean interrupted = false;
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      interrupted = true; // cleaning up goes on; the caller learns of it at its next wait
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

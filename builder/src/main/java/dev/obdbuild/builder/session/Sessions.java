package dev.obdbuild.builder.session;

import dev.obdbuild.builder.session.sync.SyncedFolders;
import dev.obdbuild.builder.session.tunnel.DaemonTunnel;
import dev.obdbuild.builder.wire.EventLoops;
import dev.obdbuild.oci.registry.Credentials;
import dev.obdbuild.protos.control.BytesMessage;
import dev.obdbuild.snapshots.mount.MountThreads;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The clients that are connected to the daemon. Thread-safe. */
public final class Sessions implements AutoCloseable {
  /** How long BuildKit's daemon waits for a session that a build names. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private final EventLoops loops;
  private final SyncedFolders folders;
  private final MountThreads mountThreads;
  private final int most;
  private final TokenAuthority authority = new TokenAuthority();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, TunnelSession> sessions = new LinkedHashMap<>();
  private final Set<String> coming = new HashSet<>();
  private boolean closed;

  /**
   * @param loops borrowed
   * @param folders where copies of clients' folders are kept; borrowed
   * @param mountThreads read trees that are sent to clients; borrowed
   * @param most sessions at a time; further ones are refused
   */
  public Sessions(EventLoops loops, SyncedFolders folders, MountThreads mountThreads, int most) {
    this.loops = loops;
    this.folders = folders;
    this.mountThreads = mountThreads;
    this.most = most;
  }

  /**
   * Takes over a {@code Control/Session} stream; to be called while the service's method runs. The
   * call fails with ALREADY_EXISTS for an id in use, RESOURCE_EXHAUSTED when there are too many
   * sessions, UNAVAILABLE when the daemon ends.
   *
   * @return what the client's messages go to
   */
  public StreamObserver<BytesMessage> accept(
      SessionHeaders headers, ServerCallStreamObserver<BytesMessage> out) {
    Optional<Status> refusal = announce(headers);
    if (refusal.isPresent()) {
      out.onError(refusal.get().asRuntimeException());
      return new Refused();
    }
    // Not under the lock: a tunnel waits for the loop of its socket, which may be waiting for the
    // lock to take over another session or to end one.
    TunnelSession session;
    try {
      session =
          new TunnelSession(
              headers,
              folders,
              mountThreads,
              authority,
              ended -> new DaemonTunnel(loops, out, ended),
              this::gone);
    } catch (RuntimeException e) {
      forget(headers.id());
      throw e;
    }
    if (!enter(session)) {
      session.close();
    }
    return session.incoming();
  }

  private Optional<Status> announce(SessionHeaders headers) {
    lock.lock();
    try {
      Optional<Status> refusal = refusal(headers);
      if (refusal.isEmpty()) {
        coming.add(headers.id());
      }
      return refusal;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is open; one that has ended meanwhile, or that the end overtook, is not. */
  private boolean enter(TunnelSession session) {
    lock.lock();
    try {
      boolean open = coming.remove(session.id()) && !closed;
      if (open) {
        sessions.put(session.id(), session);
        changed.signalAll();
      }
      return open;
    } finally {
      lock.unlock();
    }
  }

  private void forget(String id) {
    lock.lock();
    try {
      coming.remove(id);
    } finally {
      lock.unlock();
    }
  }

  private Optional<Status> refusal(SessionHeaders headers) {
    if (closed) {
      return Optional.of(Status.UNAVAILABLE.withDescription("the daemon is ending"));
    }
    if (sessions.containsKey(headers.id()) || coming.contains(headers.id())) {
      return Optional.of(
          Status.ALREADY_EXISTS.withDescription(
              "session " + headers.id() + " is connected already"));
    }
    if (sessions.size() + coming.size() >= most) {
      return Optional.of(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "there are " + most + " sessions, no more are taken"));
    }
    return Optional.empty();
  }

  /** Takes what a client that was refused has sent before it knew. */
  private static final class Refused implements StreamObserver<BytesMessage> {
    @Override
    public void onNext(BytesMessage message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  private void gone(TunnelSession session) {
    lock.lock();
    try {
      if (!sessions.remove(session.id(), session)) {
        // It ended before it was open: nobody else comes by that id until then.
        coming.remove(session.id());
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The session of that id, if it is connected. */
  public Optional<ClientSession> find(String id) {
    lock.lock();
    try {
      return Optional.ofNullable(sessions.get(id));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The session of that id; waits for one that is on its way.
   *
   * @param patience usually {@link #PATIENCE}
   */
  public ClientSession await(String id, Duration patience)
      throws NoSessionException, InterruptedIOException {
    long left = patience.toNanos();
    lock.lock();
    try {
      @Nullable ClientSession session = sessions.get(id);
      while (session == null) {
        if (left <= 0 || closed) {
          throw new NoSessionException(id);
        }
        left = changed.awaitNanos(left);
        session = sessions.get(id);
      }
      return session;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for session " + id);
    } finally {
      lock.unlock();
    }
  }

  /** Those connected, the latest first. */
  public List<ClientSession> all() {
    lock.lock();
    try {
      return new ArrayList<>(sessions.values())
          .reversed().stream().map(ClientSession.class::cast).toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Logins and tokens of whichever open session has some, the latest asked first: for reads that
   * outlive the build that began them.
   */
  public Credentials credentials() {
    return new AnyCredentials(this);
  }

  /** Ends all sessions and takes no more; waits for none. */
  @Override
  public void close() {
    List<TunnelSession> open;
    lock.lock();
    try {
      closed = true;
      open = List.copyOf(sessions.values());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    open.forEach(TunnelSession::close);
  }
}

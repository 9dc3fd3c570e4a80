package dev.obdbuild.solver.progress;

import dev.obdbuild.oci.image.Digest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A part of a vertex's work: reports that it started, how far it is, and, closed, that it is done.
 * Thread-safe. Updates that come faster than a display can show are dropped; the last one is not.
 */
public final class StatusProgress implements AutoCloseable {

  private static final Duration SHOWN_AT_MOST_EVERY = Duration.ofMillis(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final ProgressSink sink;
  private final Digest vertex;
  private final String id;
  private final String name;
  private final InstantSource clock;
  private final Instant started;
  private Instant shown;
  private long current;
  private long total;
  private boolean closed;

  StatusProgress(ProgressSink sink, Digest vertex, String id, String name, InstantSource clock) {
    this.sink = sink;
    this.vertex = vertex;
    this.id = id;
    this.name = name;
    this.clock = clock;
    this.started = clock.instant();
    this.shown = started;
    sink.accept(event(started, Optional.empty()));
  }

  /**
   * Says how far it is.
   *
   * @param soFar done until now
   * @param all how much there is, 0 when unknown
   */
  public void update(long soFar, long all) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      current = soFar;
      total = all;
      Instant now = clock.instant();
      if (Duration.between(shown, now).compareTo(SHOWN_AT_MOST_EVERY) >= 0) {
        shown = now;
        sink.accept(event(now, Optional.empty()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Adds to what is done, leaving the total as it is. */
  public void add(long more) {
    lock.lock();
    try {
      update(current + more, total);
    } finally {
      lock.unlock();
    }
  }

  /** Says that this part is done. A second call does nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        Instant now = clock.instant();
        sink.accept(event(now, Optional.of(now)));
      }
    } finally {
      lock.unlock();
    }
  }

  private ProgressEvent event(Instant now, Optional<Instant> completed) {
    return new ProgressEvent.StatusEvent(
        vertex, id, name, current, total, now, Optional.of(started), completed);
  }
}

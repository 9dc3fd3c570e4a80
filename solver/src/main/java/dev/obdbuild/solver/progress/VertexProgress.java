package dev.obdbuild.solver.progress;

import dev.obdbuild.llb.ProgressGroup;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reports the life of one vertex: started, completed, cached, failed. A vertex may start again
 * after it completed. Thread-safe.
 */
public final class VertexProgress {

  private final ReentrantLock lock = new ReentrantLock();
  private final ProgressSink sink;
  private final Digest digest;
  private final String name;
  private final List<Digest> inputs;
  private final Optional<ProgressGroup> group;
  private final InstantSource clock;
  private @Nullable Instant started;
  private boolean touched;

  public VertexProgress(
      ProgressSink sink,
      Digest digest,
      String name,
      List<Digest> inputs,
      Optional<ProgressGroup> group,
      InstantSource clock) {
    this.sink = sink;
    this.digest = digest;
    this.name = name;
    this.inputs = List.copyOf(inputs);
    this.group = group;
    this.clock = clock;
  }

  /**
   * A vertex that is not in a graph, such as {@code exporting to image}: gets a digest of its own,
   * is announced and started.
   */
  public static VertexProgress begin(ProgressSink sink, String name) {
    VertexProgress vertex = idle(sink, name);
    sink.accept(vertex.announcement());
    vertex.start();
    return vertex;
  }

  /** As {@link #begin}, but nothing is said of it before there is something to say. */
  public static VertexProgress idle(ProgressSink sink, String name) {
    Digest digest =
        Digest.sha256((name + '\0' + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8));
    return new VertexProgress(
        sink, digest, name, List.of(), Optional.empty(), InstantSource.system());
  }

  /** The digest that its events carry. */
  public Digest digest() {
    return digest;
  }

  /** The name that displays show. */
  public String name() {
    return name;
  }

  /** The event that says that the vertex exists. The caller hands it to the sink. */
  public VertexEvent announcement() {
    return event(false, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** What the vertex's work reports. Does not start the vertex. */
  public OpProgress work() {
    return new OpProgress(sink, digest, clock);
  }

  /**
   * What is reported while the work may yet turn out to be nothing: the first event starts the
   * vertex. To be followed by {@link #endProbe}.
   */
  public OpProgress probe() {
    ProgressSink starting =
        event -> {
          start();
          sink.accept(event);
        };
    return new OpProgress(starting, digest, clock);
  }

  /** Completes the vertex if a probe has started it. */
  public void endProbe() {
    lock.lock();
    try {
      if (started != null) {
        complete();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Starts it, unless it has started and not completed yet. */
  public void start() {
    lock.lock();
    try {
      if (started == null) {
        touched = true;
        Instant now = clock.instant();
        started = now;
        sink.accept(event(false, Optional.of(now), Optional.empty(), Optional.empty()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Completes it. */
  public void complete() {
    end(false, Optional.empty());
  }

  /** Completes it with an error. */
  public void fail(String error) {
    end(false, Optional.of(error));
  }

  /** Says that its result was there already. */
  public void cached() {
    end(true, Optional.empty());
  }

  /** As {@link #cached}, unless anything was said of its life before. */
  public void cachedIfUntouched() {
    lock.lock();
    try {
      if (!touched) {
        cached();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Fails it if it has started and not completed. */
  public void abandon(String error) {
    lock.lock();
    try {
      if (started != null) {
        fail(error);
      }
    } finally {
      lock.unlock();
    }
  }

  private void end(boolean cached, Optional<String> error) {
    lock.lock();
    try {
      touched = true;
      Instant now = clock.instant();
      Instant since = started == null ? now : started;
      started = null;
      sink.accept(event(cached, Optional.of(since), Optional.of(now), error));
    } finally {
      lock.unlock();
    }
  }

  private VertexEvent event(
      boolean cached, Optional<Instant> since, Optional<Instant> until, Optional<String> error) {
    return new VertexEvent(digest, inputs, name, cached, since, until, error, group);
  }
}

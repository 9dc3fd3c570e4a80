package dev.obdbuild.builder.build;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import dev.obdbuild.solver.progress.ProgressSink;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands events on, but keeps those of some vertices back until they may be shown: what is done
 * early need not be shown early. Their times are those of showing then, as displays sort by them.
 * Thread-safe.
 */
final class HeldSteps implements ProgressSink {

  private final ProgressSink sink;
  private final ReentrantLock lock = new ReentrantLock();
  private final InstantSource clock;
  private final Map<Digest, Held> held = new ConcurrentHashMap<>();
  private final Map<Digest, Instant> shown = new ConcurrentHashMap<>();

  /** What is kept of one vertex. Guarded by the lock. */
  private static final class Held {
    private final List<ProgressEvent> events = new ArrayList<>();
    private int holds;
  }

  HeldSteps(ProgressSink sink, InstantSource clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /**
   * Holds a vertex, once more if it is held already.
   *
   * @return to be run once; the last one hands on what was kept
   */
  Runnable hold(Digest vertex) {
    lock.lock();
    try {
      held.computeIfAbsent(vertex, none -> new Held()).holds++;
    } finally {
      lock.unlock();
    }
    return () -> release(vertex);
  }

  private void release(Digest vertex) {
    lock.lock();
    try {
      Held kept = held.get(vertex);
      if (kept != null && --kept.holds == 0) {
        shown.put(vertex, clock.instant());
        // What happens meanwhile waits for the lock, so that it comes after.
        sink.acceptAll(kept.events.stream().map(this::timed).toList());
        held.remove(vertex);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void accept(ProgressEvent event) {
    if (!keep(event)) {
      sink.accept(timed(event));
    }
  }

  @Override
  public void acceptAll(List<? extends ProgressEvent> events) {
    List<ProgressEvent> rest = new ArrayList<>();
    for (ProgressEvent event : events) {
      if (!keep(event)) {
        rest.add(timed(event));
      }
    }
    if (!rest.isEmpty()) {
      sink.acceptAll(rest);
    }
  }

  private ProgressEvent timed(ProgressEvent event) {
    Instant since = shown.get(event.vertex());
    return since == null ? event : notBefore(since, event);
  }

  private static ProgressEvent notBefore(Instant since, ProgressEvent event) {
    return switch (event) {
      case VertexEvent it ->
          new VertexEvent(
              it.vertex(),
              it.inputs(),
              it.name(),
              it.cached(),
              it.started().map(time -> later(since, time)),
              it.completed().map(time -> later(since, time)),
              it.error(),
              it.group());
      case StatusEvent it ->
          new StatusEvent(
              it.vertex(),
              it.id(),
              it.name(),
              it.current(),
              it.total(),
              later(since, it.timestamp()),
              it.started().map(time -> later(since, time)),
              it.completed().map(time -> later(since, time)));
      case LogEvent it ->
          new LogEvent(it.vertex(), later(since, it.timestamp()), it.stream(), it.data());
      case WarningEvent it -> it;
    };
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private boolean keep(ProgressEvent event) {
    if (!held.containsKey(event.vertex())) {
      return false;
    }
    lock.lock();
    try {
      Held kept = held.get(event.vertex());
      return kept != null && kept.events.add(event);
    } finally {
      lock.unlock();
    }
  }
}

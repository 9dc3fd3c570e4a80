package dev.obdbuild.solver;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands what one piece of work reports to everyone who waits for it, each time under the listener's
 * own vertex. Whoever comes late is told what was said before, up to a bound.
 */
final class ProgressFan implements ProgressSink {

  private static final long REMEMBERED_LOG_BYTES = 1 << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Listener> listeners = new ArrayList<>();
  private final Map<String, StatusEvent> statuses = new LinkedHashMap<>();
  private final Deque<LogEvent> logs = new ArrayDeque<>();
  private final List<ProgressEvent> others = new ArrayList<>();
  private long logBytes;

  private record Listener(ProgressSink sink, Digest vertex) {
    void tell(ProgressEvent event) {
      sink.accept(event.about(vertex));
    }
  }

  /** Adds a listener and tells it what it missed. Closing the answer removes it. */
  Cancellation.Registration add(ProgressSink sink, Digest vertex) {
    Listener listener = new Listener(sink, vertex);
    lock.lock();
    try {
      statuses.values().forEach(listener::tell);
      others.forEach(listener::tell);
      logs.forEach(listener::tell);
      listeners.add(listener);
    } finally {
      lock.unlock();
    }
    return () -> remove(listener);
  }

  private void remove(Listener listener) {
    lock.lock();
    try {
      listeners.remove(listener);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void accept(ProgressEvent event) {
    lock.lock();
    try {
      remember(event);
      listeners.forEach(listener -> listener.tell(event));
    } finally {
      lock.unlock();
    }
  }

  private void remember(ProgressEvent event) {
    switch (event) {
      case StatusEvent status -> statuses.put(status.id(), status);
      case LogEvent log -> {
        logs.add(log);
        logBytes += log.data().length;
        while (logBytes > REMEMBERED_LOG_BYTES) {
          logBytes -= logs.remove().data().length;
        }
      }
      case ProgressEvent.VertexEvent v -> others.add(v);
      case ProgressEvent.WarningEvent w -> others.add(w);
    }
  }
}

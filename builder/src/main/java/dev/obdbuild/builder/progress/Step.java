package dev.obdbuild.builder.progress;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.ProgressEvent.WarningEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of a display: a vertex, or the vertices of one progress group. Not thread-safe; belongs
 * to its {@link Trace}.
 */
final class Step {

  private static final String CANCELLED = "context canceled";

  private final String name;
  private final Map<Digest, VertexEvent> members = new LinkedHashMap<>();
  private final Map<String, StatusState> statuses = new LinkedHashMap<>();
  private final List<String> unprintedWarnings = new ArrayList<>();
  private final LogText log = new LogText();
  private final Intervals busy = new Intervals();
  private @Nullable Instant firstStart;
  private @Nullable Instant waitingSince;
  private int number;

  Step(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The number that displays show, 0 while it was never shown. */
  int number() {
    return number;
  }

  void setNumber(int number) {
    this.number = number;
  }

  void apply(ProgressEvent event, Instant now) {
    if (waitingSince == null) {
      waitingSince = now;
    }
    switch (event) {
      case VertexEvent vertex -> applyVertex(vertex);
      case StatusEvent status -> {
        StatusState known = statuses.get(status.id());
        if (known == null) {
          statuses.put(status.id(), new StatusState(status));
        } else {
          known.update(status);
        }
      }
      case LogEvent chunk -> log.append(chunk.data(), sinceStart(chunk.timestamp()));
      case WarningEvent warning -> unprintedWarnings.add(warning.summary());
    }
  }

  private void applyVertex(VertexEvent vertex) {
    members.put(vertex.vertex(), vertex);
    vertex
        .started()
        .ifPresent(
            start -> {
              if (firstStart == null) {
                firstStart = start;
              }
              vertex.completed().ifPresent(end -> busy.add(start, end));
            });
    if (isCompleted()) {
      log.flush();
    }
  }

  private Duration sinceStart(Instant at) {
    return firstStart == null || at.isBefore(firstStart)
        ? Duration.ZERO
        : Duration.between(firstStart, at);
  }

  boolean isStarted() {
    return members.values().stream().anyMatch(m -> m.started().isPresent());
  }

  boolean isCompleted() {
    return !members.isEmpty() && members.values().stream().allMatch(m -> m.completed().isPresent());
  }

  boolean isRunning() {
    return isStarted() && !isCompleted();
  }

  boolean isCached() {
    return isCompleted() && members.values().stream().allMatch(VertexEvent::cached);
  }

  boolean isCancelled() {
    return error().filter(e -> e.endsWith(CANCELLED)).isPresent();
  }

  /** Whether it failed by itself, not by being cancelled. */
  boolean isFailed() {
    return error().isPresent() && !isCancelled();
  }

  Optional<String> error() {
    return members.values().stream().flatMap(m -> m.error().stream()).findFirst();
  }

  /** How long it has been worked on, pauses left out. */
  Duration time(Instant now) {
    Intervals all = busy;
    for (VertexEvent member : members.values()) {
      if (member.started().isPresent() && member.completed().isEmpty()) {
        Duration open = Duration.between(member.started().get(), now);
        return busy.covered().plus(open.isNegative() ? Duration.ZERO : open);
      }
    }
    return all.covered();
  }

  Collection<StatusState> statuses() {
    return statuses.values();
  }

  List<String> takeUnprintedWarnings() {
    List<String> out = List.copyOf(unprintedWarnings);
    unprintedWarnings.clear();
    return out;
  }

  LogText log() {
    return log;
  }

  /** Since when it has news that were not printed; empty when it has none. */
  Optional<Instant> waitingSince() {
    return Optional.ofNullable(waitingSince);
  }

  void printed() {
    waitingSince = null;
  }
}

package dev.obdbuild.builder.progress;

import dev.obdbuild.solver.progress.ProgressEvent.StatusEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The newest state of one part of a vertex's work, and what of it was printed last. */
final class StatusState {

  private static final Duration PRINTED_AT_MOST_EVERY = Duration.ofSeconds(5);
  private static final double PRINTED_FRACTION = 0.05;
  private static final Duration TIME_WORTH_PRINTING = Duration.ofMillis(10);

  private StatusEvent newest;
  private @Nullable StatusEvent printed;
  private boolean unprinted = true;

  StatusState(StatusEvent first) {
    newest = first;
  }

  void update(StatusEvent event) {
    newest = event;
    unprinted = true;
  }

  boolean isOpen() {
    return newest.completed().isEmpty();
  }

  /** The line of a plain display, when there is news worth one. */
  Optional<String> takeUnprinted() {
    if (!unprinted) {
      return Optional.empty();
    }
    unprinted = false;
    if (isOpen() && printed != null && !isWorthPrinting(printed)) {
      return Optional.empty();
    }
    printed = newest;
    return Optional.of(line());
  }

  private boolean isWorthPrinting(StatusEvent before) {
    double progress =
        newest.total() > 0 ? (double) (newest.current() - before.current()) / newest.total() : 0;
    Duration passed = Duration.between(before.timestamp(), newest.timestamp());
    return progress >= PRINTED_FRACTION || passed.compareTo(PRINTED_AT_MOST_EVERY) >= 0;
  }

  /** Name, bytes, seconds and whether it is done. */
  String line() {
    StringBuilder out = new StringBuilder(text());
    time(newest.timestamp()).ifPresent(t -> out.append(' ').append(Amount.seconds(t)));
    return (isOpen() ? out : out.append(" done")).toString();
  }

  /** Name and bytes. */
  String text() {
    String name = newest.id().isEmpty() ? newest.name() : newest.id();
    if (newest.total() > 0) {
      return name + " " + Amount.exact(newest.current()) + " / " + Amount.exact(newest.total());
    }
    return newest.current() > 0 ? name + " " + Amount.exact(newest.current()) : name;
  }

  /** How long it has taken, if that is worth saying. */
  Optional<Duration> time(Instant now) {
    Instant end = newest.completed().orElse(now);
    return newest
        .started()
        .map(start -> Duration.between(start, end))
        .filter(t -> t.compareTo(TIME_WORTH_PRINTING) > 0);
  }
}

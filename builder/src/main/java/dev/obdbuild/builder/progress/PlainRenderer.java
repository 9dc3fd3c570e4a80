package dev.obdbuild.builder.progress;

import dev.obdbuild.solver.progress.ProgressEvent;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Numbered lines. One step is shown at a time: a block of lines that begins with {@code #N name}
 * and ends with {@code #N DONE}, or with {@code #N ...} when another step takes over meanwhile.
 */
final class PlainRenderer implements Renderer {

  /** How long the shown step may be silent before another running one takes its place. */
  private static final Duration SILENT = Duration.ofSeconds(5);

  /** How long a step may have unshown news while another one keeps talking. */
  private static final Duration OVERDUE = Duration.ofSeconds(10);

  private final PrintStream out;
  private final Trace trace = new Trace();
  private @Nullable Step shown;
  private Instant shownNewsAt = Instant.EPOCH;
  private boolean anythingPrinted;
  private int lastNumber;

  PlainRenderer(PrintStream out) {
    this.out = out;
  }

  @Override
  public void update(List<ProgressEvent> events, Instant now) {
    events.forEach(e -> trace.apply(e, now));
    printCompleted(now);
    printRunning(now);
    out.flush();
  }

  @Override
  public void finish(Instant now) {
    for (Step step : trace.steps()) {
      step.log().flush();
    }
    update(List.of(), now);
    for (Step step : trace.steps()) {
      if (step.isStarted() && step.waitingSince().isPresent()) {
        print(step, now);
      }
    }
    for (Step step : trace.failed()) {
      Failure.of(step).print(out);
    }
    out.flush();
  }

  private void printCompleted(Instant now) {
    if (shown != null && shown.isCompleted() && shown.waitingSince().isPresent()) {
      print(shown, now);
    }
    for (Step step : trace.steps()) {
      if (step.isCompleted() && step.waitingSince().isPresent()) {
        print(step, now);
      }
    }
  }

  private void printRunning(Instant now) {
    if (shown != null && shown.isRunning()) {
      if (shown.waitingSince().isPresent()) {
        print(shown, now);
        shownNewsAt = now;
      }
      successor(now).ifPresent(next -> print(next, now));
      return;
    }
    trace.steps().stream()
        .filter(Step::isRunning)
        .min(Comparator.comparing(s -> s.waitingSince().orElse(Instant.MAX)))
        .ifPresent(next -> print(next, now));
  }

  /** A step whose news have waited too long behind the shown one. */
  private Optional<Step> successor(Instant now) {
    boolean silent = Duration.between(shownNewsAt, now).compareTo(SILENT) > 0;
    Duration patience = silent ? Duration.ZERO : OVERDUE;
    return trace.steps().stream()
        .filter(s -> s != shown && s.isRunning())
        .filter(
            s ->
                s.waitingSince()
                    .filter(t -> Duration.between(t, now).compareTo(patience) > 0)
                    .isPresent())
        .min(Comparator.comparing(s -> s.waitingSince().orElse(Instant.MAX)));
  }

  private void print(Step step, Instant now) {
    if (step != shown) {
      open(step);
      shownNewsAt = now;
    }
    String prefix = "#" + step.number() + " ";
    for (StatusState status : step.statuses()) {
      status.takeUnprinted().ifPresent(line -> out.println(prefix + line));
    }
    step.takeUnprintedWarnings().forEach(w -> out.println(prefix + "WARN: " + w));
    step.log().takeUnprinted().forEach(line -> out.println(prefix + line));
    step.printed();
    if (step.isCompleted()) {
      out.println(prefix + outcome(step, now));
      shown = null;
    }
  }

  private void open(Step step) {
    if (shown != null) {
      out.println("#" + shown.number() + " ...");
    }
    if (anythingPrinted) {
      out.println();
    }
    anythingPrinted = true;
    if (step.number() == 0) {
      step.setNumber(++lastNumber);
    }
    shown = step;
    out.println("#" + step.number() + " " + step.name());
  }

  private static String outcome(Step step, Instant now) {
    if (step.isCancelled()) {
      return "CANCELED";
    }
    return step.error()
        .map(e -> "ERROR: " + e)
        .orElseGet(() -> step.isCached() ? "CACHED" : "DONE " + Amount.seconds(step.time(now)));
  }
}

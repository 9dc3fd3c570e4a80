package dev.obdbuild.builder.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import dev.obdbuild.solver.progress.VertexProgress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HeldStepsTest {
  private final List<String> seen = new ArrayList<>();
  private final List<VertexEvent> events = new ArrayList<>();
  private final Instant showing = Instant.now().plus(Duration.ofHours(1));
  private final HeldSteps steps = new HeldSteps(this::take, InstantSource.fixed(showing));
  private final VertexProgress early = VertexProgress.idle(steps, "early");
  private final VertexProgress late = VertexProgress.idle(steps, "late");

  private void take(ProgressEvent event) {
    VertexEvent vertex = (VertexEvent) event;
    events.add(vertex);
    String state = vertex.completed().map(end -> "done").orElse("begun");
    seen.add(vertex.name() + " " + (vertex.started().isEmpty() ? "known" : state));
  }

  @Test
  void whatIsHeldIsShownWhenAllHaveLetGo() {
    Runnable one = steps.hold(early.digest());
    Runnable two = steps.hold(early.digest());
    steps.acceptAll(List.of(early.announcement(), late.announcement()));
    early.start();
    late.start();
    one.run();
    assertThat(seen).containsExactly("late known", "late begun");
    early.complete();
    late.complete();
    two.run();
    assertThat(seen)
        .containsExactly(
            "late known", "late begun", "late done", "early known", "early begun", "early done");
  }

  @Test
  void whatHappensLaterIsShownAtOnce() {
    Runnable hold = steps.hold(early.digest());
    early.start();
    hold.run();
    early.complete();
    steps.acceptAll(List.of(late.announcement()));
    assertThat(seen).containsExactly("early begun", "early done", "late known");
  }

  @Test
  void whatWasHeldHappenedWhenItWasShown() {
    Runnable hold = steps.hold(early.digest());
    early.start();
    hold.run();
    early.complete();
    assertThat(events).extracting(VertexEvent::started).containsOnly(Optional.of(showing));
    assertThat(events.getLast().completed()).contains(showing);
    late.start();
    assertThat(events.getLast().started().orElseThrow()).isBefore(showing);
  }
}

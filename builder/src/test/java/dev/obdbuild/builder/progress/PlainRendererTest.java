package dev.obdbuild.builder.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.llb.ProgressGroup;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PlainRendererTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PlainRenderer renderer =
      new PlainRenderer(new PrintStream(printed, true, StandardCharsets.UTF_8));

  @Test
  void failedStepsAreShownOnceMoreWithTheirLastLines() {
    update(0, started("a", 0));
    update(100, log("a", 50, "one\ntwo"));
    update(200, failed("a", 150, "exit code: 1"));
    renderer.finish(at(300));
    assertThat(text())
        .isEqualTo(
            """
            #1 a
            #1 0.050 one
            #1 0.050 two
            #1 ERROR: exit code: 1
            ------
             > a:
            0.050 one
            0.050 two
            ------
            """);
  }

  @Test
  void cancelledStepsAreNotCalledFailed() {
    update(0, started("a", 0));
    update(100, failed("a", 50, "process did not complete: context canceled"));
    renderer.finish(at(200));
    assertThat(text()).isEqualTo("#1 a\n#1 CANCELED\n");
  }

  @Test
  void aStepGivesWayWhenItIsSilent() {
    update(0, started("a", 0));
    update(100, started("b", 100), log("b", 150, "x\n"));
    assertThat(text()).isEqualTo("#1 a\n");
    update(6000);
    update(6100, done("b", 100, 6050));
    update(6200, done("a", 0, 6150));
    assertThat(text())
        .isEqualTo(
            """
            #1 a
            #1 ...

            #2 b
            #2 0.050 x
            #2 DONE 6.0s

            #1 a
            #1 DONE 6.2s
            """);
  }

  @Test
  void membersOfAGroupAreOneStep() {
    update(0, grouped("a", Optional.empty()), grouped("b", Optional.empty()));
    update(100, grouped("a", Optional.of(at(1000))));
    assertThat(text()).isEqualTo("#1 group\n");
    update(1100, grouped("b", Optional.of(at(1500))));
    assertThat(text()).isEqualTo("#1 group\n#1 DONE 1.5s\n");
  }

  @Test
  void aLogThatOvertakesItsVertexIsNotLost() {
    update(0, log("a", 10, "early\n"));
    update(100, started("a", 0), done("a", 0, 50));
    assertThat(text()).isEqualTo("#1 a\n#1 0.010 early\n#1 DONE 0.1s\n");
  }

  private void update(long millis, ProgressEvent... events) {
    renderer.update(List.of(events), at(millis));
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static Instant at(long millis) {
    return T0.plusMillis(millis);
  }

  private static Digest digest(String name) {
    return Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
  }

  private static VertexEvent vertex(
      String name, Optional<Instant> end, Instant start, Optional<String> error) {
    return new VertexEvent(
        digest(name), List.of(), name, false, Optional.of(start), end, error, Optional.empty());
  }

  private static VertexEvent started(String name, long start) {
    return vertex(name, Optional.empty(), at(start), Optional.empty());
  }

  private static VertexEvent done(String name, long start, long end) {
    return vertex(name, Optional.of(at(end)), at(start), Optional.empty());
  }

  private static VertexEvent failed(String name, long end, String error) {
    return vertex(name, Optional.of(at(end)), at(0), Optional.of(error));
  }

  private static VertexEvent grouped(String name, Optional<Instant> end) {
    return new VertexEvent(
        digest(name),
        List.of(),
        name,
        false,
        Optional.of(at(0)),
        end,
        Optional.empty(),
        Optional.of(new ProgressGroup("g", "group", false)));
  }

  private static LogEvent log(String name, long millis, String text) {
    return new LogEvent(digest(name), at(millis), 1, text.getBytes(StandardCharsets.UTF_8));
  }
}

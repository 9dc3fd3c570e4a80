package dev.obdbuild.builder.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.solver.progress.ProgressEvent.LogEvent;
import dev.obdbuild.solver.progress.ProgressEvent.VertexEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LiveFrameTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private final Trace trace = new Trace();

  @Test
  void runningStepsShowTheirLastLinesAndDoneOnesTheirTime() {
    apply(vertex("done", false, Optional.of(T0.plusSeconds(1)), Optional.empty()));
    apply(vertex("hit", true, Optional.of(T0), Optional.empty()));
    apply(vertex("busy", false, Optional.empty(), Optional.empty()));
    apply(log("busy", "hello\u001b[2Jworld\n"));
    assertThat(new LiveFrame(40, false).lines(trace, T0, T0.plusSeconds(2), 20))
        .containsExactly(
            "[+] Building 2.0s (2/3)",
            " => done                            1.0s",
            " => CACHED hit                      0.0s",
            " => busy                            2.0s",
            " => => # hello[2Jworld                  ");
  }

  @Test
  void nothingIsWiderOrHigherThanTheTerminal() {
    for (int i = 0; i < 30; i++) {
      apply(vertex("a long name ".repeat(9) + i, false, Optional.of(T0), Optional.empty()));
    }
    apply(vertex("busy", false, Optional.empty(), Optional.empty()));
    List<String> lines = new LiveFrame(60, false).lines(trace, T0, T0, 10);
    assertThat(lines).hasSizeLessThanOrEqualTo(10).allMatch(l -> l.length() <= 60);
    assertThat(lines.getLast()).startsWith(" => busy");
  }

  @Test
  void errorsAreNamed() {
    apply(vertex("bad", false, Optional.of(T0), Optional.of("exit code: 1")));
    assertThat(new LiveFrame(30, false).finalLines(trace, T0, T0))
        .containsExactly("[+] Building 0.0s (1/1)", " => ERROR bad             0.0s");
  }

  private void apply(ProgressEvent event) {
    trace.apply(event, T0);
  }

  private static VertexEvent vertex(
      String name, boolean cached, Optional<Instant> end, Optional<String> error) {
    return new VertexEvent(
        digest(name), List.of(), name, cached, Optional.of(T0), end, error, Optional.empty());
  }

  private static LogEvent log(String name, String text) {
    return new LogEvent(digest(name), T0, 1, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Digest digest(String name) {
    return Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
  }
}

package dev.obdbuild.builder.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.config.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class DaemonLogTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"), ZoneOffset.UTC);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private DaemonLog log(boolean json, boolean everything) {
    return log(json, everything ? LogLevel.DEBUG : LogLevel.INFO);
  }

  private DaemonLog log(boolean json, LogLevel most) {
    return new DaemonLog(new PrintStream(bytes, true, UTF_8), CLOCK, json, most);
  }

  private String printed() {
    return bytes.toString(UTF_8);
  }

  @Test
  void aLineOfTextHasTimeAndLevel() {
    log(false, false).warn("it is late");

    assertThat(printed()).isEqualTo("2026-01-02T03:04:05.678Z warning: it is late\n");
  }

  @Test
  void aLineOfJsonIsOneObject() {
    log(true, false).info("a \"quoted\"\nword");

    assertThat(printed())
        .isEqualTo(
            "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"info\",\"msg\":\"a"
                + " \\\"quoted\\\"\\nword\"}\n");
  }

  @Test
  void callsThatFailAreToldWhenTracesAreAsked() {
    log(false, false).failed("Control/Solve", new IOException("no such file"));
    assertThat(printed()).isEmpty();

    log(false, true).failed("Control/Solve", new IOException("no such file"));
    assertThat(printed())
        .contains("Control/Solve failed: java.io.IOException: no such file")
        .contains("\tat ");
  }

  @Test
  void aLevelTellsItselfAndWhatIsGraver() {
    DaemonLog log = log(false, LogLevel.WARNING);
    log.info("starts");
    log.warn("it is late");
    log.broken("Control/Info", new IllegalStateException("two ends"));

    assertThat(printed()).doesNotContain("starts").contains("it is late").contains("two ends");
  }

  @Test
  void theDaemonsOwnFaultsAreAlwaysTold() {
    log(false, false).broken("Control/Solve", new IllegalStateException("two ends"));

    assertThat(printed()).contains("error: Control/Solve failed").contains("two ends");
  }
}

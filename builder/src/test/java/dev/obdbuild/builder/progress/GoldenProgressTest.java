package dev.obdbuild.builder.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.solver.progress.ProgressEvent;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The plain display prints what BuildKit printed for the same events. */
@NeedsShared
final class GoldenProgressTest {

  static Stream<Arguments> builds() throws IOException {
    return Stream.of("c1-c6", "d1-d13")
        .flatMap(
            file -> {
              try {
                String text =
                    Files.readString(Shared.path("fixtures/dockerfile/" + file + ".progress.txt"));
                return PrintedBuild.cases(text).entrySet().stream()
                    .filter(e -> e.getKey().matches("[cd][0-9]+"))
                    .map(e -> Arguments.of(e.getKey(), e.getValue()));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("builds")
  void plainOutputEqualsBuildKits(String name, String text) {
    String expected = PrintedBuild.numbered(text);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PlainRenderer renderer =
        new PlainRenderer(new PrintStream(printed, true, StandardCharsets.UTF_8));
    // A step that gives way to another does so because it was silent for long.
    Instant now = Instant.parse("2026-11-23T04:00:00Z");
    for (List<ProgressEvent> batch : PrintedBuild.events(expected)) {
      renderer.update(batch, now);
      now = now.plus(Duration.ofSeconds(6));
      renderer.update(List.of(), now);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
  }
}

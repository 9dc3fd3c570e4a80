package dev.obdbuild.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryTimesTest {

  private static final Instant OLD = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant ONE = Instant.parse("2026-01-01T00:00:01Z");
  private static final Instant TWO = Instant.parse("2026-01-01T00:00:02Z");

  private static History layer(String by) {
    return History.of(Optional.empty(), by, false);
  }

  private static History meta(String by) {
    return History.of(Optional.empty(), by, true);
  }

  private static List<String> shown(List<History> history) {
    return history.stream()
        .map(
            h ->
                h.createdBy()
                    + "@"
                    + h.created().map(Instant::toString).orElse("-")
                    + (h.emptyLayer() ? "" : "*"))
        .toList();
  }

  @Test
  void metadata_before_the_first_new_layer_gets_its_time_and_later_metadata_the_last_layers() {
    List<History> planned =
        List.of(
            History.of(Optional.of(OLD), "base", false),
            meta("ENV"),
            layer("RUN"),
            meta("LABEL"),
            layer("COPY"),
            meta("CMD"));

    assertThat(
            shown(
                HistoryTimes.fill(
                    planned, List.of(Optional.empty(), Optional.of(ONE), Optional.of(TWO)))))
        .containsExactly(
            "base@" + OLD + "*",
            "ENV@" + ONE,
            "RUN@" + ONE + "*",
            "LABEL@" + ONE,
            "COPY@" + TWO + "*",
            "CMD@" + TWO);
  }

  @Test
  void without_a_new_layer_metadata_gets_the_bases_time() {
    List<History> planned = List.of(History.of(Optional.of(OLD), "base", false), meta("CMD"));

    assertThat(shown(HistoryTimes.fill(planned, List.of(Optional.empty()))))
        .containsExactly("base@" + OLD + "*", "CMD@" + OLD);
  }

  @Test
  void an_image_of_metadata_only_has_no_times() {
    assertThat(shown(HistoryTimes.fill(List.of(meta("CMD")), List.of()))).containsExactly("CMD@-");
  }

  @Test
  void a_history_that_tells_of_too_few_layers_gets_entries() {
    List<History> filled =
        HistoryTimes.fill(
            List.of(layer("RUN")), List.of(Optional.of(ONE), Optional.of(TWO), Optional.of(TWO)));

    assertThat(shown(filled)).containsExactly("RUN@" + ONE + "*", "@" + TWO + "*", "@" + TWO + "*");
    assertThat(filled.getLast().comment()).isEqualTo("buildkit.exporter.image.v0");
  }

  @Test
  void a_history_that_tells_of_too_many_layers_loses_the_oldest() {
    assertThat(shown(HistoryTimes.fill(List.of(layer("A"), layer("B")), List.of(Optional.of(ONE)))))
        .containsExactly("A@" + ONE, "B@" + ONE + "*");
  }

  @Test
  @NeedsShared
  void times_spread_as_buildkit_spread_them_in_the_golden_config() throws Exception {
    byte[] golden = Files.readAllBytes(Shared.path("fixtures/dockerfile/d13.image-config.json"));
    ImageConfig config = ImageConfig.parse(golden, "d13");
    List<History> planned =
        config.history().stream()
            .map(
                h ->
                    "buildkit.dockerfile.v0".equals(h.comment())
                        ? new History(
                            Optional.empty(),
                            h.createdBy(),
                            h.author(),
                            h.comment(),
                            h.emptyLayer())
                        : h)
            .toList();
    List<Optional<Instant>> times =
        config.history().stream().filter(h -> !h.emptyLayer()).map(History::created).toList();

    assertThat(HistoryTimes.fill(planned, times)).isEqualTo(config.history());
  }
}

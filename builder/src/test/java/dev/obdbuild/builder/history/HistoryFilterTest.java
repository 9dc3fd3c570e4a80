package dev.obdbuild.builder.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Status;
import dev.obdbuild.protos.control.BuildHistoryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HistoryFilterTest {

  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

  /** Started an hour ago, cancelled after half an hour. */
  private static final BuildHistoryRecord BUILD =
      BuildHistoryRecord.newBuilder()
          .setRef("r1")
          .setCreatedAt(StatusMessages.timestamp(NOW.minus(Duration.ofHours(1))))
          .setCompletedAt(StatusMessages.timestamp(NOW.minus(Duration.ofMinutes(30))))
          .setError(Status.newBuilder().setMessage("failed: context canceled"))
          .putFrontendAttrs("context", "https://example.org/app.git#main")
          .build();

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      value = {
        "ref==r1 % true",
        "ref~=^r % true",
        "ref==r2 % false",
        "status==canceled % true",
        "status==error % false",
        "repository==https://example.org/app.git % true",
        "startedAt>2h % true",
        "startedAt<2h % false",
        "startedAt<=1h % true",
        "startedAt>=2026-11-29T11:00:00Z % true",
        "completedAt>2026-11-29T13:00:00+01:00 % false",
        "duration>=30m % true",
        "duration>0.5h % false",
        "duration<1h30m % true",
        "ref==r1,duration<1h % true",
        "ref==r2,duration<1h % false"
      })
  void aBuildIsChosenByItsFields(String filter, boolean expected) {
    assertThat(HistoryFilter.parse(List.of(filter), NOW).test(BUILD)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"duration>x", "startedAt>yesterday", "ref=1"})
  void whatIsWrongIsRefused(String filter) {
    assertThatThrownBy(() -> HistoryFilter.parse(List.of(filter), NOW))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

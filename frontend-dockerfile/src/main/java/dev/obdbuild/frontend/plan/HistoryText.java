package dev.obdbuild.frontend.plan;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.parse.GoDuration;
import dev.obdbuild.oci.image.Healthcheck;
import dev.obdbuild.oci.image.History;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Entries of an image's history, in the words BuildKit has for them. */
final class HistoryText {
  private HistoryText() {}

  static void add(
      StageState state, String text, boolean empty, Optional<Instant> created, Budget budget)
      throws DockerfileException {
    budget.spend(text.length());
    state.draft().history.add(History.of(created, text, empty));
  }

  static String list(List<String> words) {
    return "[" + String.join(" ", words) + "]";
  }

  static String of(Healthcheck check) {
    return "{Test:"
        + list(check.test())
        + " Interval:"
        + GoDuration.format(check.interval())
        + " Timeout:"
        + GoDuration.format(check.timeout())
        + " StartPeriod:"
        + GoDuration.format(check.startPeriod())
        + " StartInterval:"
        + GoDuration.format(check.startInterval())
        + " Retries:"
        + check.retries()
        + "}";
  }
}

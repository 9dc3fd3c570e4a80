package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions that a real BuildKit answered: our answers are the same, byte for byte. */
final class SubrequestTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "describe",
        "targets",
        "outline",
        "outline-build",
        "outline-empty",
        "lint",
        "lint-err",
        "lint-ok",
        "lint-ref",
        "lint-target"
      })
  void theAnswerIsBuildKits(String name) throws IOException {
    Transcript transcript = Transcript.of(name);
    var answered = (FrontendResult.Answered) transcript.plan();
    Map<String, String> ours = new TreeMap<>();
    answered.metadata().forEach((k, v) -> ours.put(k, new String(v, StandardCharsets.UTF_8)));
    assertThat(ours).containsOnlyKeys(transcript.metadata().keySet());
    transcript.metadata().forEach((key, value) -> assertThat(ours.get(key)).isEqualTo(value));
  }
}

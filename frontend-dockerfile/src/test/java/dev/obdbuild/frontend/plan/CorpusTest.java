package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.oci.json.JsonReader;
import dev.obdbuild.testkit.NeedsShared;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small Dockerfiles for every row of the language, and what BuildKit 0.32's frontend makes of them:
 * {@code corpus/TOPIC.json} was written by running it. Compared are all vertices with their texts,
 * image and base config with histories, warnings, answers, errors and the lines they mark, what was
 * asked of registries and which sources were read first.
 */
final class CorpusTest {
  private static final List<String> TOPICS =
      List.of(
          "lines",
          "heredoc",
          "expand",
          "args",
          "from",
          "run",
          "copy",
          "add",
          "config",
          "contexts",
          "checks",
          "ask",
          "epoch",
          "windows",
          "random");

  /** Where we differ on purpose, and why. */
  private static final Map<String, String> DIFFERENCES = differences();

  private static Map<String, String> differences() {
    Map<String, String> all = new TreeMap<>();
    String place = "the error has its line, where BuildKit knows none or counts from 0";
    for (String name :
        List.of(
            "lines/directive-check-twice",
            "lines/escape-twice",
            "lines/escape-wrong",
            "lines/syntax-twice",
            "lines/json-run-empty",
            "from/copy-from-var",
            "from/stages-index-bad",
            "from/stages-index-neg",
            "run/bind-from-index",
            "run/bind-from-missing",
            "contexts/forward-json",
            "checks/kept-before-error",
            "ask/lint-error",
            "ask/outline-error",
            "ask/convert-error",
            "ask/targets-error")) {
      all.put(name, place);
    }
    String once = "one place is marked once";
    all.put("from/platform-flag-bad", once);
    all.put("checks/undefined-from-platform", once);
    String mount = "an image that a mount names has the line of its RUN";
    all.put("run/bind-from", mount);
    all.put("run/cache-from", mount);
    all.put("run/cache-from-uid", mount);
    String absolute = "targets in the graph are absolute; BuildKit leaves that to the worker";
    all.put("run/secret-relative", absolute);
    all.put("run/ssh-relative", absolute);
    String root = "a mount on the root is refused here, by BuildKit when the step runs";
    all.put("run/secret-root", root);
    all.put("run/ssh-root", root);
    all.put("run/bind-root-slashes", root);
    all.put("run/tmpfs-root-dots", root);
    String file = "the message names the ignore file";
    all.put("copy/ignore-bad", file);
    all.put("copy/ignore-bad-own", file);
    all.put("copy/ignore-bang", file);
    all.put("from/stages-names", "stages are found as bases in any case, as the manual says");
    all.put("ask/lint-missing-image", "the ignore file is read while images are looked up");
    all.put("epoch/stage-bad-git", "a wrong query is told, where BuildKit downloads a page");
    return all;
  }

  static Stream<Arguments> cases() throws IOException {
    return cases(TOPICS);
  }

  static Stream<Arguments> shared() throws IOException {
    return cases(List.of("shared"));
  }

  private static Stream<Arguments> cases(List<String> topics) throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (String topic : topics) {
      JsonReader golden = golden(topic);
      for (CorpusCase request : CorpusCase.of(topic)) {
        all.add(
            Arguments.of(
                topic + "/" + request.name, request, golden.object(request.name).orElseThrow()));
      }
    }
    return all.stream();
  }

  @NeedsShared
  @ParameterizedTest(name = "{0}")
  @MethodSource("shared")
  void theOutcomeOfSharedContextsIsBuildKits(String name, CorpusCase request, JsonReader golden)
      throws IOException {
    theOutcomeIsBuildKits(name, request, golden);
  }

  private static JsonReader golden(String topic) throws IOException {
    String path = "/corpus/" + topic + ".json";
    try (InputStream in = CorpusTest.class.getResourceAsStream(path)) {
      return JsonReader.parse(Objects.requireNonNull(in, path).readAllBytes(), topic);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theOutcomeIsBuildKits(String name, CorpusCase request, JsonReader golden)
      throws IOException {
    CorpusOutcome ours = CorpusOutcome.of(request);
    CorpusOutcome theirs = CorpusOutcome.of(golden);
    if (DIFFERENCES.containsKey(name)) {
      assertThat(ours).as(DIFFERENCES.get(name)).isNotEqualTo(theirs);
    } else {
      assertThat(ours).isEqualTo(theirs);
    }
  }
}

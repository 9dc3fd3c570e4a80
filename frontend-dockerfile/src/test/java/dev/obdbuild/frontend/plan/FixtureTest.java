package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.llb.Graph;
import dev.obdbuild.llb.ProgressGroup;
import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.History;
import dev.obdbuild.oci.image.ImageConfig;
import dev.obdbuild.oci.image.Platform;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Dockerfiles that a real BuildKit built, and what it printed of them. */
@NeedsShared
final class FixtureTest {
  private static final Pattern STEP = Pattern.compile("#\\d+ (\\[.*)");

  private static String transcript(String name) throws IOException {
    for (String file : List.of("c1-c6", "d1-d13")) {
      String text = Files.readString(Shared.path("fixtures/dockerfile/" + file + ".progress.txt"));
      for (String part : text.split("(?m)^=== ")) {
        if (part.startsWith(name + "\n")) {
          return part;
        }
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static TestSources sources(String name) throws IOException {
    return TestSources.of(
        Files.readString(Shared.path("fixtures/dockerfile/" + name + "/Dockerfile")));
  }

  private static BuildPlan plan(Sources sources) throws IOException {
    return TestSources.plan(
        new FrontendOptions(Map.of(), "", new Platform("linux", "amd64")), sources);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c1", "c2", "c4", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d12"
      })
  void stepsHaveTheNamesThatUsersKnow(String name) throws IOException {
    String transcript = transcript(name);
    Set<String> shown = new TreeSet<>();
    Matcher step = STEP.matcher(transcript);
    while (step.find()) {
      String text = step.group(1).replaceAll("@sha256:[0-9a-f]{64}", "");
      if (!text.matches("\\[internal\\] load (metadata|build def|\\.dockerignore).*")) {
        shown.add(text);
      }
    }
    BuildPlan plan = plan(sources(name));
    Set<String> ours = new TreeSet<>();
    for (Vertex vertex : plan.graph().vertices()) {
      String text =
          vertex.meta().progressGroup().map(ProgressGroup::name).orElse(vertex.meta().customName());
      ours.add(text.replaceAll("@sha256:[0-9a-f]{64}", ""));
    }
    assertThat(ours).containsAll(shown);
    if (transcript.contains("rc=0")) {
      assertThat(ours).isEqualTo(shown);
    }
  }

  @Test
  void warningsAreBuildKits() throws IOException {
    BuildPlan plan = plan(sources("c4"));
    assertThat(plan.warnings())
        .singleElement()
        .satisfies(
            w -> {
              assertThat(transcript("c4")).contains("#1 WARN: " + w + "\n");
              assertThat(w.url())
                  .isEqualTo("https://docs.docker.com/go/dockerfile/rule/workdir-relative-path/");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"c3", "c5"})
  void errorsShowTheLinesTheyStandAt(String name) throws IOException {
    String expected = transcript(name);
    TestSources sources = sources(name);
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> plan(sources))
        .satisfies(e -> assertThat(expected).contains(printed(e)));
  }

  @Test
  void aBaseThatIsNotThereShowsItsLine() throws IOException {
    String expected = transcript("c6");
    Matcher cause = Pattern.compile("#2 ERROR: (.*)").matcher(expected);
    assertThat(cause.find()).isTrue();
    TestSources found = sources("c6");
    Sources missing =
        new Sources() {
          @Override
          public Optional<byte[]> readFile(Graph tree, String path, int limit) throws IOException {
            return found.readFile(tree, path, limit);
          }

          @Override
          public Optional<java.time.Instant> modified(
              dev.obdbuild.llb.SourceOp source, String stepName) {
            return Optional.empty();
          }

          @Override
          public ResolvedImage resolveImage(ImageQuery query) throws IOException {
            throw new IOException(cause.group(1));
          }
        };
    assertThatExceptionOfType(DockerfileException.class)
        .isThrownBy(() -> plan(missing))
        .satisfies(e -> assertThat(expected).contains(printed(e)));
  }

  private static String printed(DockerfileException e) {
    return e.excerpt().orElseThrow() + "\nerror: failed to solve: " + e.getMessage() + "\n";
  }

  @Test
  void theImageConfigOfD13IsBuildKits() throws IOException {
    Path expected = Shared.path("fixtures/dockerfile/d13.image-config.json");
    ImageConfig golden = ImageConfig.parse(Files.readAllBytes(expected), "golden");
    ImageConfig ours = plan(sources("d13")).config();
    assertThat(ours.config()).isEqualTo(golden.config());
    assertThat(ours.platform()).isEqualTo(golden.platform());
    assertThat(withoutTimes(ours.history())).isEqualTo(withoutTimes(golden.history()));
    assertThat(
            new String(
                ours.withHistory(List.of()).withDiffIds(List.of()).toJson(),
                StandardCharsets.UTF_8))
        .isEqualTo(
            new String(
                golden
                    .withHistory(List.of())
                    .withDiffIds(List.of())
                    .withCreated(Optional.empty())
                    .toJson(),
                StandardCharsets.UTF_8));
  }

  private static List<History> withoutTimes(List<History> history) {
    return history.stream()
        .map(
            h ->
                new History(
                    Optional.empty(), h.createdBy(), h.author(), h.comment(), h.emptyLayer()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"02-c", "07-manycopy", "09-directives", "13-parallel"})
  void imageConfigsOfTheBenchmarksAreBuildKits(String name) throws IOException {
    String folder = "bench/cases/" + name + "/";
    TestSources sources =
        new TestSources()
            .definition("Dockerfile", Files.readString(Shared.path(folder + "Dockerfile")))
            .context(".dockerignore", Files.readString(Shared.path(folder + ".dockerignore")));
    String base = baseConfig();
    for (String image : List.of("dev", "slim", "busybox")) {
      sources.image("127.0.0.1:5000/base/" + image + ":1", base);
    }
    String expected = Files.readString(Shared.path("bench/expected/" + name + ".txt"));
    ImageConfig ours = plan(sources).config();
    String config = between(expected, "# config\n", "# other config keys");
    assertThat(ours.config())
        .isEqualTo(
            ImageConfig.parse(
                    ("{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":" + config + "}")
                        .getBytes(StandardCharsets.UTF_8),
                    name)
                .config());
    List<String> history = new ArrayList<>();
    for (History entry : ours.history()) {
      history.add(
          entry.createdBy()
              + " | "
              + (entry.emptyLayer() ? "empty" : "layer")
              + " | comment="
              + (entry.comment().isEmpty() ? "None" : entry.comment()));
    }
    assertThat(history)
        .isEqualTo(between(expected, "# history\n", "# layer 1").strip().lines().toList());
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from) + from.length();
    return text.substring(start, text.indexOf(to, start));
  }

  private static String baseConfig() throws IOException {
    String prefix = "containerimage.base.config = ";
    return Files.readString(Shared.path("spec/buildkit-llb-examples.txt"))
        .lines()
        .filter(line -> line.startsWith(prefix))
        .findFirst()
        .orElseThrow()
        .substring(prefix.length());
  }

  @Test
  void everyFixtureIsKnownHere() throws IOException {
    Map<String, Path> folders = new TreeMap<>();
    try (var files = Files.list(Shared.path("fixtures/dockerfile"))) {
      files.filter(Files::isDirectory).forEach(f -> folders.put(f.getFileName().toString(), f));
    }
    assertThat(folders.keySet())
        .containsExactlyInAnyOrder(
            "c1", "c2", "c3", "c4", "c5", "c6", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8",
            "d9", "d10", "d11", "d12", "d13");
  }

  @Test
  void theInsecureFixturePlansBecauseRefusingIsTheSolversBusiness() throws IOException {
    assertThat(plan(sources("d11")).graph().vertices()).hasSize(3);
  }
}

package dev.obdbuild.frontend.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.obdbuild.llb.Vertex;
import dev.obdbuild.oci.image.ImageConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a real BuildKit answered: our graphs, configs and errors are the same. */
final class TranscriptTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "named1",
        "named2",
        "named3",
        "named4",
        "named5",
        "multi",
        "multi-one",
        "ctx-plain",
        "ctx-tar",
        "ctx-git",
        "ctx-git-key",
        "ctx-input"
      })
  void theGraphIsBuildKits(String name) throws IOException {
    Transcript transcript = Transcript.of(name);
    transcript
        .sources()
        .file("http://127.0.0.1:8199/ctx.tgz", "context", new byte[] {0x1F, (byte) 0x8B, 8});
    var built = (FrontendResult.Built) transcript.plan();
    for (BuildPlan plan : built.plans()) {
      String platform = built.multiPlatform() ? plan.platform().format() : "one";
      assertThat(names(plan)).isEqualTo(transcript.refs().get(platform));
      String key = "containerimage.config" + (built.multiPlatform() ? "/" + platform : "");
      assertThat(json(plan.config())).isEqualTo(canonical(transcript.metadata().get(key)));
    }
    assertThat(built.plans()).hasSameSizeAs(transcript.refs().entrySet());
    if (!built.multiPlatform()) {
      String base = transcript.metadata().get("containerimage.base.config");
      assertThat(built.plans().getFirst().base().map(TranscriptTest::json).orElse(null))
          .isEqualTo(base == null ? null : canonical(base));
    }
  }

  private static Map<String, String> names(BuildPlan plan) {
    Map<String, String> names = new TreeMap<>();
    for (Vertex vertex : plan.graph().vertices()) {
      names.put(vertex.digest().toString(), vertex.meta().customName());
    }
    return names;
  }

  private static String json(ImageConfig config) {
    return new String(config.toJson(), StandardCharsets.UTF_8);
  }

  private static String canonical(@Nullable String json) throws IOException {
    return json(
        ImageConfig.parse(String.valueOf(json).getBytes(StandardCharsets.UTF_8), "BuildKit's"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"e1", "e2", "e3", "e5"})
  void theErrorIsBuildKits(String name) throws IOException {
    Transcript transcript = Transcript.of(name);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(transcript::plan)
        .withMessage(transcript.error().orElseThrow());
  }
}

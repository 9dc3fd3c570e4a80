package dev.obdbuild.frontend.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.obdbuild.frontend.DockerfileException;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/**
 * Anything may be fed to the frontend: it answers or refuses, within its bounds. Run with {@code -P
 * fuzz}, with {@code JAZZER_FUZZ=1} to search instead of repeating.
 */
@Tag("fuzz")
final class FrontendFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void dockerfiles(FuzzedDataProvider data) throws IOException {
    Inputs.plan(data.consumeRemainingAsString());
  }

  @FuzzTest(maxDuration = "30s")
  void words(FuzzedDataProvider data) {
    String value = data.consumeString(64);
    Inputs.expand(data.consumeRemainingAsString(), value);
  }

  @FuzzTest(maxDuration = "30s")
  void ignoreFiles(byte[] content) {
    Inputs.ignore(content);
  }

  @FuzzTest(maxDuration = "30s")
  void heredocs(FuzzedDataProvider data) throws IOException {
    String line = data.consumeString(80).replace("\n", "");
    Inputs.plan("FROM scratch\nCOPY " + line + " /d/\n" + data.consumeRemainingAsString());
  }

  /** Kept so that a crash can be pasted here: what was found once must not come back. */
  @FuzzTest(maxDuration = "10s")
  void mounts(FuzzedDataProvider data) {
    try {
      assertThat(
              dev.obdbuild.frontend.parse.MountSpec.parse(
                  data.consumeRemainingAsString(), value -> value))
          .isNotNull();
    } catch (DockerfileException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }
}

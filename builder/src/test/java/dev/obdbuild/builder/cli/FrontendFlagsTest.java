package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class FrontendFlagsTest {

  private static Map<String, String> buildArgs(Map<String, String> environment, String... args) {
    FrontendFlags flags = new FrontendFlags(environment);
    new CommandLine(flags).parseArgs(args);
    return flags.options().buildArgs();
  }

  @Test
  void aBuildArgumentWithoutValueTakesThatOfTheEnvironment() {
    assertThat(buildArgs(Map.of("A", "1"), "--build-arg", "A", "--build-arg", "B"))
        .isEqualTo(Map.of("A", "1"));
  }

  @Test
  void theTimeOfTheSourcesIsSentWithoutBeingAskedFor() {
    Map<String, String> environment = Map.of("SOURCE_DATE_EPOCH", "7");
    assertThat(buildArgs(environment)).isEqualTo(environment);
    assertThat(buildArgs(environment, "--build-arg", "SOURCE_DATE_EPOCH=8"))
        .isEqualTo(Map.of("SOURCE_DATE_EPOCH", "8"));
    assertThat(buildArgs(Map.of("SOURCE_DATE_EPOCH", ""))).isEmpty();
  }
}

package dev.obdbuild.builder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.config.BuildOptions;
import dev.obdbuild.builder.config.CallSpec;
import dev.obdbuild.builder.progress.ProgressMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class QuestionFlagsTest {

  private static BuildOptions parse(String question, String... args) {
    QuestionFlags flags = new QuestionFlags();
    new CommandLine(flags).parseArgs(args);
    return flags.options(question);
  }

  @ParameterizedTest
  @CsvSource({"check, lint", "outline, outline", "targets, targets"})
  void aCommandAsksWhatTheFlagCallAsks(String question, String request) {
    assertThat(parse(question).call()).contains(new CallSpec(request, false, false));
    assertThat(parse(question, "--json").call()).contains(new CallSpec(request, true, false));
  }

  @Test
  void theDockerfileIsFoundAsForABuild() {
    BuildOptions options =
        parse("outline", "-f", "D", "--target", "t", "--build-arg", "A=1", "folder");
    assertThat(options.context()).isEqualTo("folder");
    assertThat(options.dockerfile()).contains("D");
    assertThat(options.frontend().target()).contains("t");
    assertThat(options.frontend().buildArgs()).containsEntry("A", "1");
    assertThat(options.progress()).isEqualTo(ProgressMode.QUIET);
    assertThat(parse("check").context()).isEqualTo(".");
  }
}

package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Builds that fail, as clients tell of them. */
final class FailureTest extends DaemonTest {

  private static final String STEP = "FROM BASE\nRUN echo first\nRUN echo last words && exit 7\n";

  @Test
  void aFailedStepIsShownWithItsLinesAndItsExitCode() throws Exception {
    Path context = it.context(STEP);

    String buildctl = it.build(context).failure();
    String buildx = it.buildx("build", context.toString()).failure();

    for (String printed : new String[] {buildctl, buildx}) {
      assertThat(printed)
          .contains("last words")
          .contains("Dockerfile:3")
          .contains(">>> RUN echo last words && exit 7")
          .contains("did not complete successfully: exit code: 7");
    }
  }

  @Test
  void aMistakeInTheDockerfileIsShownWithItsLine() throws Exception {
    Path context = it.context("FROM BASE\nRUM true\n");

    assertThat(it.build(context).failure())
        .contains("unknown instruction: RUM")
        .contains("Dockerfile:2")
        .contains(">>> RUM true");
  }

  @Test
  void aFileThatIsNotInTheContextIsNamed() throws Exception {
    Path context = it.context("FROM BASE\nCOPY none /\n");

    assertThat(it.build(context).failure())
        .contains("\"/none\": not found")
        .contains(">>> COPY none /");
  }

  @Test
  void aLevelThatTheProcessorDoesNotHaveIsRefused() throws Exception {
    Path context = it.context("FROM BASE\nRUN true\n");

    assertThat(it.build(context, "--opt=platform=linux/amd64/v9").failure())
        .contains(
            "no support for running processes with linux/amd64/v9 platform, supported: linux/amd64");
  }

  @Test
  void anImageThatIsNotThereIsNamed() throws Exception {
    Path context = it.context("FROM " + it.registry() + "/no/such:1\n");

    assertThat(it.build(context).failure()).contains("/no/such:1").contains("not found");
  }

  @Test
  void aMissingDockerfileAndAnUnknownTargetAreNamed() throws Exception {
    Path context = it.context("FROM BASE\n");

    assertThat(it.build(context, "--opt=filename=Other").failure()).contains("Other");
    assertThat(it.build(context, "--opt=target=moon").failure()).contains("moon");
  }

  @Test
  void aRegistryThatRefusesFailsThePush() throws Exception {
    Path context = it.context("FROM BASE\nRUN echo pushed nowhere > /f\n");

    assertThat(it.build(context, "--output=type=image,push=true,name=127.0.0.1:1/a:1").failure())
        .contains("127.0.0.1:1");
  }
}

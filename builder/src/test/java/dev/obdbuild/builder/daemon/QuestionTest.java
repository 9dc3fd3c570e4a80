package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Questions about a Dockerfile and about the daemon. */
final class QuestionTest extends DaemonTest {

  private static final String DOCKERFILE =
      """
      # what it says when it is done
      ARG WORD=hello
      # the tools
      FROM BASE AS tools
      RUN --mount=type=secret,id=token true
      FROM tools AS app
      ARG WORD
      RUN echo $WORD
      """;

  private String call(String what, String dockerfile) throws Exception {
    Path context = it.context(dockerfile);
    return it.buildx("build", "--call=" + what, context.toString()).ok().out();
  }

  @Test
  void checkFindsNothingInAGoodDockerfile() throws Exception {
    assertThat(call("check", DOCKERFILE)).contains("no warnings found");
  }

  @Test
  void checkPointsAtWhatIsWrong() throws Exception {
    Path context = it.context("from BASE as app\nRUN true\nMAINTAINER me\n");

    var ended = it.buildx("build", "--call=check", context.toString());

    assertThat(ended.code()).isNotZero();
    assertThat(ended.out())
        .contains("MaintainerDeprecated")
        .contains("Dockerfile:3")
        .contains(">>> MAINTAINER me");
  }

  @Test
  void outlineTellsTheArgumentsAndSecretsOfATarget() throws Exception {
    assertThat(call("outline", DOCKERFILE)).contains("WORD").contains("hello").contains("token");
  }

  @Test
  void targetsAreListedWithTheirDescriptions() throws Exception {
    assertThat(call("targets", DOCKERFILE)).contains("tools").contains("app (default)");
  }

  @Test
  void theDaemonTellsItsWorkerAndVersion() throws Exception {
    assertThat(it.buildctl("debug", "workers").ok().out()).contains("linux/amd64");
    assertThat(it.buildctl("debug", "info").ok().out()).contains("v0.32");
    assertThat(it.buildx("inspect", "--bootstrap").ok().out())
        .contains("Status:")
        .contains("running")
        .contains("linux/amd64");
  }
}

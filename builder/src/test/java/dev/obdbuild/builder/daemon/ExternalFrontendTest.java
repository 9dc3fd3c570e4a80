package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Frontends that come as images. */
final class ExternalFrontendTest extends DaemonTest {

  private static final String CAPS =
      "LABEL moby.buildkit.frontend.caps="
          + "moby.buildkit.frontend.inputs,moby.buildkit.frontend.contexts,"
          + "moby.buildkit.frontend.subrequests\n";

  /** Pushes a frontend that is a shell script. */
  private String script(String name, String script) throws Exception {
    Path context = it.context("FROM BASE\nCOPY run /run\n", "run", "#!/bin/sh\n" + script + "\n");
    assertThat(context.resolve("run").toFile().setExecutable(true)).isTrue();
    it.build(context, push(name)).ok();
    return it.registry() + "/" + name;
  }

  /** Pushes BuildKit's own frontend for Dockerfiles. */
  private String dockerfileFrontend(String name) throws Exception {
    Path context =
        it.context(
            "FROM scratch\n"
                + CAPS
                + "LABEL moby.buildkit.frontend.network.none=true\n"
                + "COPY frontend /frontend\nENTRYPOINT [\"/frontend\"]\n");
    String tool = it.client().run("sh", "-c", "command -v dockerfile-frontend").ok().out().strip();
    Files.copy(Path.of(tool), context.resolve("frontend"));
    it.build(context, push(name)).ok();
    return it.registry() + "/" + name;
  }

  @Test
  @NeedsTool("dockerfile-frontend")
  void buildKitsOwnFrontendBuildsThroughTheGateway() throws Exception {
    String frontend = dockerfileFrontend("fe/dockerfile:own");
    String file =
        "# syntax="
            + frontend
            + "\nFROM BASE AS a\nARG X\nRUN echo $X > /x\n"
            + "FROM scratch\nCOPY --from=a /x /\nCOPY f /\n";
    Path out = temp.resolve("external");

    it.build(
            it.context(file, "f", "from the context"),
            "--opt=build-arg:X=42",
            "--opt=attest:provenance=mode=max",
            "--output=type=local,dest=" + out)
        .ok();

    assertThat(out.resolve("x")).hasContent("42");
    assertThat(out.resolve("f")).hasContent("from the context");
    assertThat(out.resolve("provenance.json"))
        .content()
        .contains("\"frontend\": \"gateway.v0\"", "/fe/dockerfile@own\"")
        .contains("/base/busybox@1?platform=", "\"name\": \"dockerfile\"");
    Path failing = it.context("# syntax=" + frontend + "\nFROM BASE\nRUN echo words; exit 7\n");
    assertThat(it.build(failing).failure())
        .contains("words")
        .contains(">>> RUN echo words; exit 7")
        .contains("exit code: 7");
    Path doubtful = it.context("# syntax=" + frontend + "\nFROM BASE\nMAINTAINER me\n");
    assertThat(it.buildx("build", "--call=check", doubtful.toString()).out())
        .contains("MaintainerDeprecated");
  }

  @Test
  void theBuiltInFrontendStandsInForItsImage() throws Exception {
    Path out = temp.resolve("built-in");
    Path context = it.context("# syntax=docker/dockerfile:1\nFROM scratch\nCOPY f /\n", "f", "x");

    it.client()
        .run(
            "buildctl",
            "build",
            "--frontend=gateway.v0",
            "--opt=source=docker/dockerfile:1",
            "--local=context=" + context,
            "--local=dockerfile=" + context,
            "--output=type=local,dest=" + out)
        .ok();

    assertThat(out.resolve("f")).hasContent("x");
  }

  @Test
  void aFrontendThatFailsIsNamedAndWhatItPrintsIsShown() throws Exception {
    String frontend = script("fe/failing:1", "echo \"opts $BUILDKIT_FRONTEND_OPT_0\" >&2; exit 3");

    assertThat(it.build(it.context("# syntax=" + frontend + "\nFROM scratch\n")).failure())
        .contains("opts cmdline=" + frontend)
        .contains(">>> # syntax=" + frontend)
        .contains("frontend " + frontend + ": exit code: 3");
  }

  @Test
  void aFrontendThatReturnsNothingFailsTheBuild() throws Exception {
    String frontend = script("fe/silent:1", "exit 0");

    assertThat(it.build(it.context("# syntax=" + frontend + "\nFROM scratch\n")).failure())
        .contains("no result for incomplete build");
  }

  @Test
  void aFrontendWithoutACapabilityThatIsNeededDoesNotRun() throws Exception {
    String frontend = script("fe/old:1", "echo it ran >&2; exit 0");

    assertThat(
            it.build(
                    it.context("# syntax=" + frontend + "\nFROM scratch\n"),
                    "--opt=frontend.caps=moby.buildkit.frontend.contexts+forward")
                .failure())
        .contains("unsupported frontend capability moby.buildkit.frontend.contexts")
        .doesNotContain("it ran");
  }
}

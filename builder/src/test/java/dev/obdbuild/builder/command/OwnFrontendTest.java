package dev.obdbuild.builder.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.command.ObdBuildProcess.Ended;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frontends that come as images, and targets that stand in for images, without a daemon. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox"})
final class OwnFrontendTest {

  private static final String CAPS =
      "LABEL moby.buildkit.frontend.caps="
          + "moby.buildkit.frontend.inputs,moby.buildkit.frontend.contexts,"
          + "moby.buildkit.frontend.subrequests\n";

  @TempDir private Path temp;
  private TestRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private static Path tool(String name) {
    for (String folder : System.getenv("PATH").split(":")) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new AssertionError(name + " is not on the PATH");
  }

  private Path context(String dockerfile) throws IOException {
    Path context = Files.createTempDirectory(temp, "context");
    Files.copy(tool("busybox"), context.resolve("busybox"));
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    return context;
  }

  private Ended build(Path context, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("build", "--progress", "plain"));
    arguments.addAll(List.of(more));
    arguments.add(context.toString());
    return new ObdBuildProcess(temp)
        .with("OBD_JAVA_OPTS", "-XX:AOTMode=off -Xlog:class+load:file=" + classes())
        .run(arguments.toArray(String[]::new));
  }

  private Path classes() {
    return temp.resolve("classes");
  }

  private static Ended ok(Ended ended) {
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended;
  }

  @Test
  @NeedsTool("dockerfile-frontend")
  void buildKitsOwnFrontendBuildsWithoutADaemon() throws Exception {
    String frontend = registry.host() + "/dockerfile:own";
    Path image = context("FROM scratch\n" + CAPS + "COPY frontend /f\nENTRYPOINT [\"/f\"]\n");
    Files.copy(tool("dockerfile-frontend"), image.resolve("frontend"));
    ok(build(image, "--push", "-t", frontend));
    assertThat(classes()).content().doesNotContain("io.grpc.");
    Path out = temp.resolve("out");

    ok(
        build(
            context(
                "# syntax="
                    + frontend
                    + "\nFROM scratch AS a\nCOPY busybox /bin/sh\n"
                    + "ARG X\nRUN echo $X > /x\n"
                    + "FROM scratch\nCOPY --from=a /x /\nCOPY Dockerfile /\n"),
            "--build-arg=X=42",
            "--output=type=local,dest=" + out));

    assertThat(out.resolve("x")).hasContent("42");
    assertThat(out.resolve("Dockerfile")).content().contains("syntax=");
    assertThat(classes()).content().contains("io.grpc.");
    Ended failed =
        build(
            context("FROM scratch\nCOPY busybox /bin/sh\nRUN echo words; exit 7\n"),
            "--build-arg=BUILDKIT_SYNTAX=" + frontend);
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err())
        .contains("words")
        .contains(">>> RUN echo words; exit 7")
        .contains("exit code: 7");
    Ended asked =
        build(context("# syntax=" + frontend + "\nFROM scratch\nMAINTAINER me\n"), "--check");
    assertThat(asked.out()).contains("MaintainerDeprecated");
  }

  @Test
  void aFrontendThatFailsIsNamedAndWhatItPrintsIsShown() throws Exception {
    String frontend = registry.host() + "/failing:1";
    Path image =
        context(
            "FROM scratch\nCOPY busybox /bin/sh\n"
                + "ENTRYPOINT [\"/bin/sh\", \"-c\", \"echo sorry >&2; exit 3\"]\n");
    ok(build(image, "--push", "-t", frontend));

    Ended failed = build(context("# syntax=" + frontend + "\nFROM scratch\n"));

    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err())
        .contains("sorry")
        .contains(">>> # syntax=" + frontend)
        .contains("frontend " + frontend + ": exit code: 3");
  }

  @Test
  void aTargetTakesThePlaceOfAnImage() throws Exception {
    Path context =
        context(
            "FROM scratch AS made\nCOPY busybox /bin/sh\nENV WORD=linked\nRUN echo made > /made\n"
                + "FROM example.org/other:1 AS user\nRUN echo $WORD > /word\n"
                + "FROM scratch\nCOPY --from=user /word /made /\nCOPY --from=second /word /again\n");
    Path out = temp.resolve("linked");

    Ended ended =
        ok(
            build(
                context,
                "--build-context=example.org/other:1=target:made",
                "--build-context=second=target:user",
                "--output=type=local,dest=" + out));

    assertThat(out.resolve("word")).hasContent("linked");
    assertThat(out.resolve("made")).hasContent("made");
    assertThat(out.resolve("again")).hasContent("linked");
    assertThat(ended.err().split("RUN echo made > /made\n", -1)).hasSize(2);
  }
}

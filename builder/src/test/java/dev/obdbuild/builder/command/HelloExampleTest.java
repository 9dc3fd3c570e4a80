package dev.obdbuild.builder.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.command.ObdBuildProcess.Ended;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that needs nothing, through the launcher, with every command that works on it. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "docker-registry", "skopeo"})
final class HelloExampleTest {

  @TempDir private Path temp;
  private ObdBuildProcess obd = new ObdBuildProcess(Path.of("."));
  private Path context = Path.of(".");

  @BeforeEach
  void copyExample() throws IOException {
    obd = new ObdBuildProcess(temp);
    context = Files.createDirectory(temp.resolve("hello"));
    Path example = ObdBuildProcess.project().resolve("examples/hello");
    for (String file : List.of("Dockerfile", "greet.sh", ".dockerignore")) {
      Files.copy(example.resolve(file), context.resolve(file));
    }
    Busybox.copyInto(context);
  }

  @Test
  void anImageIsBuiltKeptRunAndRemoved() throws Exception {
    Ended built = obd.run("-t", "app", context.toString());
    assertThat(built.code()).as(built.err()).isZero();
    assertThat(built.err().strip())
        .endsWith("sealed; pushed 0 B")
        .contains("[2/4] RUN /bin/busybox");

    Ended again = obd.run("-q", "-t", "app:2", context.toString());
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).startsWith("sha256:");
    assertThat(obd.run("images").out()).contains("app:latest").contains("app:2");
    assertThat(digest("app:2")).isEqualTo(digest("app"));

    Ended run = obd.run("run", "app");
    assertThat(run.out()).as(run.err()).startsWith("Hello from the container");
    assertThat(obd.run("run", "app", "sh", "-c", "exit 7").code()).isEqualTo(7);
    assertThat(obd.run("run", "app", "/no/such").code()).isEqualTo(127);
    Ended shown =
        obd.run(
            "run", "-e", "A=b", "-w", "/tmp", "--entrypoint", "sh", "app", "-c", "echo $A; pwd");
    assertThat(shown.out()).as(shown.err()).isEqualTo("b\n/tmp\n");

    Ended verified = obd.run("verify", "app");
    assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
    assertThat(obd.run("rmi", "app", "app:2").code()).isZero();
    assertThat(obd.run("prune", "--all", "--force").code()).isZero();
    assertThat(obd.run("du").out()).contains("snapshots (0)");
    assertThat(obd.run("run", "--no-such-flag", "app").code()).isEqualTo(2);
    assertThat(obd.run("run", "127.0.0.1:1/no/such:1").code()).isEqualTo(125);
  }

  @Test
  void aPushedImageIsReadBackByOthersAndRunsLazily() throws Exception {
    try (RealRegistry registry =
        RealRegistry.start(Files.createDirectory(temp.resolve("registry")))) {
      String name = registry.host() + "/team/app:1";
      Ended pushed =
          obd.run(
              "-t",
              name,
              "--push",
              "--label",
              "a=b",
              "--metadata-file",
              temp.resolve("meta.json").toString(),
              context.toString());
      assertThat(pushed.code()).as(pushed.err()).isZero();
      assertThat(Files.readString(temp.resolve("meta.json"))).contains("\"containerimage.digest\"");
      assertThat(tool("skopeo", "inspect", "--tls-verify=false", "docker://" + name))
          .contains("\"a\": \"b\"");

      ObdBuildProcess other = new ObdBuildProcess(Files.createDirectory(temp.resolve("other")));
      assertThat(other.run("run", name).out()).startsWith("Hello from the container");

      Path child = Files.createDirectory(temp.resolve("child"));
      Files.writeString(
          child.resolve("Dockerfile"),
          "FROM " + name + "\nRUN [\"/bin/sh\", \"-c\", \"echo more > /more\"]\n");
      Ended built = other.run("-t", registry.host() + "/team/child:1", "--push", child.toString());
      assertThat(built.code()).as(built.err()).isZero();
      assertThat(built.err()).contains("; 1 layer ");
    }
  }

  private String digest(String image) throws Exception {
    String text = obd.run("inspect", image).out();
    int at = text.indexOf("sha256:");
    assertThat(at).as(text).isPositive();
    return text.substring(at, at + 71);
  }

  private static String tool(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }
}

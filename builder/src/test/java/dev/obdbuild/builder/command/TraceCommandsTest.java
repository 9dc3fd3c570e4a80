package dev.obdbuild.builder.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.backstore.prefetch.AccelerationLayer;
import dev.obdbuild.builder.command.ObdBuildProcess.Ended;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.RealRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces of what containers and steps read, through the launcher. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "docker-registry"})
final class TraceCommandsTest {

  @TempDir private Path temp;

  private ObdBuildProcess obd(String name) throws Exception {
    return new ObdBuildProcess(Files.createDirectory(temp.resolve(name)));
  }

  @Test
  void whatARunReadIsKeptOnTopOfTheImageAndDroppedByBuildsOnIt() throws Exception {
    try (RealRegistry registry =
        RealRegistry.start(Files.createDirectory(temp.resolve("registry")))) {
      String app = registry.host() + "/team/app:1";
      String fast = registry.host() + "/team/fast:1";
      Path base = Busybox.context(temp, "FROM scratch\nCOPY busybox /bin/sh\nCMD [\"/bin/sh\"]\n");
      Ended built = obd("maker").run("build", "--no-daemon", "-t", app, "--push", base.toString());
      assertThat(built.code()).as(built.err()).isZero();

      Path trace = temp.resolve("trace");
      ObdBuildProcess runner = obd("runner");
      Ended ran =
          runner.run(
              "run",
              "--record-trace",
              trace.toString(),
              "--accelerate",
              fast,
              app,
              "/bin/sh",
              "-c",
              "echo it runs");
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.out()).isEqualTo("it runs\n");
      assertThat(AccelerationLayer.read(trace)).isNotEmpty();
      assertThat(ran.err()).contains("pushed " + fast + " with a trace of");
      assertThat(obd("second").run("run", fast, "/bin/sh", "-c", "echo still").out())
          .isEqualTo("still\n");

      Path steps = temp.resolve("steps");
      String child = registry.host() + "/team/child:1";
      Path on = Busybox.context(temp, "FROM " + fast + "\nRUN echo x > /x\n");
      ObdBuildProcess builder = obd("builder");
      Ended onIt =
          builder.run(
              "build",
              "--no-daemon",
              "--record-trace",
              steps.toString(),
              "-t",
              child,
              "--push",
              on.toString());
      assertThat(onIt.code()).as(onIt.err()).isZero();
      assertThat(AccelerationLayer.read(steps))
          .isNotEmpty()
          .allSatisfy(record -> assertThat(record.layer()).isZero());
      String inspected = builder.run("inspect", child).out();
      assertThat(inspected).doesNotContain("acceleration").contains("echo x > /x");
      assertThat(builder.run("devices").out().lines()).hasSize(1);
    }
  }
}

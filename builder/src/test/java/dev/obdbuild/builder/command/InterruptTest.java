package dev.obdbuild.builder.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.command.ObdBuildProcess.Ended;
import dev.obdbuild.builder.command.ObdBuildProcess.Running;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in the middle of a step, and mounts that are left to themselves. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "umount"})
final class InterruptTest {

  @TempDir private Path temp;

  @Test
  void ctrlCEndsTheStepAndLeavesNothing() throws Exception {
    ObdBuildProcess obd = new ObdBuildProcess(temp);
    Path context = context("RUN [\"/bin/busybox\", \"sleep\", \"1000.125\"]\n");
    Running build = obd.start("--progress", "plain", "-t", "x", context.toString());
    build.awaitPrinted("] RUN ");
    build.interrupt();
    Ended ended = build.await();
    assertThat(ended.code()).as(ended.err()).isEqualTo(130);
    assertThat(ended.err()).contains("CANCELED");
    assertThat(processes("1000.125")).isEmpty();
    assertThat(Files.list(obd.root().resolve("run")).toList()).isEmpty();
    assertThat(obd.run("-t", "y", context("").toString()).code()).isZero();
  }

  @Test
  void aDetachedMountServesUntilItIsUnmounted() throws Exception {
    ObdBuildProcess obd = new ObdBuildProcess(temp);
    assertThat(obd.run("-t", "app", context("").toString()).code()).isZero();
    Path target = Files.createDirectory(temp.resolve("mnt"));
    Ended mounted = obd.run("mount", "-d", "app", target.toString());
    assertThat(mounted.code()).as(mounted.err()).isZero();
    try {
      Process read = new ProcessBuilder("ls", target.resolve("bin").toString()).start();
      assertThat(new String(read.getInputStream().readAllBytes())).isEqualTo("busybox\n");
    } finally {
      assertThat(new ProcessBuilder("umount", target.toString()).start().waitFor()).isZero();
    }
    long end = System.nanoTime() + 20_000_000_000L;
    while (!processes(target.toString()).isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(processes(target.toString())).isEmpty();
  }

  private Path context(String more) throws IOException {
    return Busybox.context(temp, "FROM scratch\nCOPY busybox /bin/busybox\n" + more);
  }

  /** Command lines of living processes that hold a text. */
  private static java.util.List<String> processes(String text) {
    return ProcessHandle.allProcesses()
        .flatMap(p -> p.info().commandLine().stream())
        .filter(line -> line.contains(text))
        .toList();
  }
}

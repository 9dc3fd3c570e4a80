package dev.obdbuild.builder.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.command.ObdBuildProcess.Ended;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.Shared;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code obd-backstore}, through the launcher as a user calls it. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsShared
@NeedsTool({"mount", "umount", "dd"})
final class BackstoreTest {

  @TempDir private Path folder;
  private Path config = Path.of(".");
  private int calls;

  @BeforeEach
  void writeConfiguration() throws IOException {
    String lowers =
        IntStream.range(0, 3)
            .mapToObj(i -> Shared.path("fixtures/overlaybd/apply/layer" + i))
            .map(file -> "{\"file\": \"" + file + "\"}")
            .collect(Collectors.joining(","));
    config =
        Files.writeString(
            folder.resolve("config.v1.json"),
            "{\"lowers\": [%s], \"resultFile\": \"%s\"}"
                .formatted(lowers, folder.resolve("result")));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(MountTable.read().below(folder)).isEmpty();
    for (LoopDevice loop : LoopDevice.attached()) {
      assertThat(loop.backingFile().filter(file -> file.startsWith(folder))).isEmpty();
    }
  }

  private Ended call(String command, String... arguments) throws Exception {
    List<String> all = new ArrayList<>();
    all.add(ObdBuildProcess.project().resolve("obd-backstore").toString());
    all.addAll(List.of(command, "--run-dir", folder.resolve("run").toString()));
    all.addAll(List.of(arguments));
    return run(all);
  }

  private Ended run(List<String> command) throws Exception {
    File out = folder.resolve("out-" + ++calls).toFile();
    File err = folder.resolve("err-" + calls).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out)
            .redirectError(err);
    builder.environment().put("OBD_REBUILD", "never");
    int code = builder.start().waitFor();
    return new Ended(
        code, Files.readString(out.toPath(), UTF_8), Files.readString(err.toPath(), UTF_8));
  }

  private String attach() throws Exception {
    Ended attached = call("attach", "-d", config.toString());
    assertThat(attached.code()).as(attached.err()).isZero();
    assertThat(Files.readString(folder.resolve("result"))).isEqualTo("success");
    return attached.out().strip();
  }

  @Test
  void anAttachedImageIsMountedListedAndDetached() throws Exception {
    String node = attach();
    Path mnt = Files.createDirectory(folder.resolve("mnt"));
    assertThat(run(List.of("mount", "-o", "ro", node, mnt.toString())).code()).isZero();
    Ended refused = call("detach", node);
    Path passwd = mnt.resolve("etc/passwd");
    boolean there = Files.exists(passwd);
    Mounts.unmount(mnt);
    assertThat(there).isTrue();
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(node + " is mounted at " + mnt);
    assertThat(call("devices").out()).contains(node, config.toString());
    assertThat(call("detach", config.toString()).code()).isZero();
    assertThat(call("devices").out()).doesNotContain(node);
    assertThat(call("detach", node).err()).contains("no attached image is " + node);
  }

  @Test
  void theDeviceOfAKilledProcessFailsAtOnceAndIsSwept() throws Exception {
    String node = attach();
    String listed = call("devices").out();
    String pid = listed.lines().skip(1).findFirst().orElseThrow().split("\\s+")[1];
    assertThat(run(List.of("kill", "-KILL", pid)).code()).isZero();
    Ended read = run(List.of("dd", "if=" + node, "of=/dev/null", "bs=4k", "skip=9", "count=1"));
    assertThat(read.err()).contains("0 bytes");
    assertThat(attach()).startsWith("/dev/");
    assertThat(call("detach", config.toString()).code()).isZero();
  }

  @Test
  @Timeout(60)
  void whoReadsAllThatADetachedAttachPrintsIsNotKeptWaiting() throws Exception {
    List<String> command =
        List.of(
            ObdBuildProcess.project().resolve("obd-backstore").toString(),
            "attach",
            "--detach",
            "--run-dir",
            folder.resolve("run").toString(),
            config.toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OBD_REBUILD", "never");
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed.strip()).startsWith("/dev/");
    assertThat(call("detach", config.toString()).code()).isZero();
  }

  @Test
  void whatCannotBeAttachedIsToldTwice() throws Exception {
    Files.writeString(
        config,
        "{\"lowers\": [{\"file\": \"/l\", \"gzipIndex\": \"/g\"}], \"resultFile\": \"%s\"}"
            .formatted(folder.resolve("result")));
    Ended failed = call("attach", config.toString());
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains("lowers[0].gzipIndex belongs to TurboOCI");
    assertThat(Files.readString(folder.resolve("result")))
        .startsWith("failed:")
        .contains("gzipIndex");
  }
}

package dev.obdbuild.backstore.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.process.Signal;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsDevice
@NeedsTool("mkfs.ext4")
final class DeviceSweepTest {
  @TempDir Path folder = Path.of("");
  private Path dev = folder;
  private Path mnt = folder;

  @BeforeEach
  void folders() throws IOException {
    dev = Files.createDirectory(folder.resolve("dev"));
    mnt = Files.createDirectory(folder.resolve("mnt"));
  }

  @Test
  void aKilledProcessLeavesNothingAfterTheSweep() throws Exception {
    Process process = ServingProcess.start(dev);
    mountItsDevice(process);
    process.destroyForcibly().waitFor();
    DeviceSweep.undoBelow(dev);
    assertThatNothingIsLeft();
  }

  @Test
  void aStoppedProcessDoesNotHangTheSweepOfOneRecord() throws Exception {
    Process process = ServingProcess.start(dev);
    mountItsDevice(process);
    Signal.STOP.send(process.pid());
    try (DirectoryStream<Path> files = Files.newDirectoryStream(dev, "serving-*")) {
      DeviceSweep.undo(DeviceSweep.FUSE_LOOP, files.iterator().next().toString());
    }
    process.destroyForcibly().waitFor();
    assertThatNothingIsLeft();
  }

  @Test
  void aProcessThatEndsInOrderLeavesNothing() throws Exception {
    Process process = ServingProcess.start(dev);
    try (BufferedReader output = process.inputReader(UTF_8)) {
      assertThat(output.readLine()).startsWith("/dev/loop");
      process.getOutputStream().close();
      assertThat(process.waitFor()).isZero();
    }
    assertThatNothingIsLeft();
  }

  @Test
  void whatWasNeverMadeIsNoErrorAndAnUnknownKindIs() throws IOException {
    DeviceSweep.undo(DeviceSweep.FUSE_LOOP, dev.resolve("never").toString());
    DeviceSweep.undoBelow(dev);
    DeviceSweep.undoBelow(folder.resolve("missing"));
    assertThatThrownBy(() -> DeviceSweep.undo("telephone", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void mountItsDevice(Process process) throws Exception {
    BufferedReader output = process.inputReader(UTF_8);
    String node = output.readLine();
    Commands.run("mkfs.ext4", "-q", "-O", "^has_journal", node);
    Mounts.mount(node, mnt, "ext4", Set.of(), "");
    Files.writeString(mnt.resolve("file"), "unflushed");
  }

  private void assertThatNothingIsLeft() throws IOException {
    assertThat(MountTable.read().below(folder)).isEmpty();
    for (LoopDevice loop : LoopDevice.attached()) {
      assertThat(loop.backingFile().filter(file -> file.startsWith(folder))).isEmpty();
    }
    assertThat(dev).isEmptyDirectory();
  }
}

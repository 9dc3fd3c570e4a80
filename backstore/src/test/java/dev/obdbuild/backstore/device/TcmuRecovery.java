package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.tcmu.TargetName;
import dev.obdbuild.backstore.tcmu.TcmuTarget;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.sys.LinuxException;
import dev.obdbuild.linux.uio.UioDevice;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is left of a killed process's devices, taken over or swept. Runs in the guest of {@link
 * TcmuGuestTest}.
 */
final class TcmuRecovery {
  private static final int SIZE = 32 << 20;

  /** Offsets from here on are never answered by the process that is killed. */
  private static final int STALL = 16 << 20;

  /** How long nobody serves; 60 and more was tried by hand. */
  static final Duration OUTAGE = Duration.ofSeconds(Long.getLong("obd.outage", 0));

  @TempDir Path folder = Path.of("");

  @Test
  void whatWasUnderWayAtAKillIsDoneByTheNextProcess() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    Path one = Files.createFile(folder.resolve("one"));
    Path two = Files.createFile(folder.resolve("two"));
    StallingProcess first = TcmuProcess.start(folder, "one", one, SIZE, STALL);
    StallingProcess second = TcmuProcess.start(folder, "two", two, SIZE, SIZE);
    byte[] model = new byte[SIZE];
    try (NodeFile node = new NodeFile(first.node());
        NodeFile other = new NodeFile(second.node());
        ExecutorService users = Executors.newCachedThreadPool()) {
      byte[] early = SplitRandom.bytes(random, 1 << 20);
      node.write(1 << 20, early);
      other.write(0, early);
      System.arraycopy(early, 0, model, 1 << 20, early.length);
      List<Future<?>> underWay = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int at = STALL + (i << 20);
        byte[] late = SplitRandom.bytes(random, 4096 * (i + 1));
        System.arraycopy(late, 0, model, at, late.length);
        underWay.add(
            users.submit(
                () -> {
                  node.write(at, late);
                  return null;
                }));
      }
      underWay.add(users.submit(() -> assertThat(node.read(SIZE - 4096, 4096)).containsOnly(0)));
      first.awaitStalled();
      first.kill();
      second.kill();
      Thread.sleep(OUTAGE);
      assertThat(underWay).noneMatch(Future::isDone);
      try (TcmuExporter exporter = new TcmuExporter(folder)) {
        List<Orphan> orphans = exporter.orphans();
        assertThat(orphans).extracting(Orphan::name).containsExactlyInAnyOrder("one", "two");
        for (Orphan orphan : orphans) {
          Path file = orphan.name().equals("one") ? one : two;
          adopt(exporter, orphan, file, orphan.name().equals("one") ? underWay : List.of(), model);
        }
        assertThat(exporter.orphans()).isEmpty();
      }
    }
  }

  private static void adopt(
      TcmuExporter exporter, Orphan orphan, Path file, List<Future<?>> underWay, byte[] model)
      throws Exception {
    assertThat(orphan.size()).isEqualTo(SIZE);
    assertThat(orphan.readOnly()).isFalse();
    try (BlockDevice device = new FileDevice(file, SIZE, SIZE);
        ExportedDevice exported = exporter.adopt(orphan, device)) {
      assertThatThrownBy(() -> exporter.adopt(orphan, device))
          .isInstanceOf(LinuxException.class)
          .hasMessageContaining("EBUSY");
      for (Future<?> request : underWay) {
        request.get();
      }
      if (!underWay.isEmpty()) {
        try (NodeFile node = new NodeFile(exported.node())) {
          assertThat(node.read(0, SIZE)).isEqualTo(model);
          node.node().discard(1 << 20, 1 << 20);
          Arrays.fill(model, 1 << 20, 2 << 20, (byte) 0);
          assertThat(BlockDeviceConformance.read(device, 0, SIZE)).isEqualTo(model);
        }
      }
    } catch (IOException e) {
      // The test itself still has the nodes open.
      assertThat(e).hasMessageContaining("in use");
    }
  }

  @Test
  @NeedsTool("mkfs.ext4")
  void aSweepFailsWhatWaitsAndLeavesNothing() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    StallingProcess process = TcmuProcess.start(folder, "swept", file, SIZE, SIZE);
    Path mnt = Files.createDirectory(folder.resolve("mnt"));
    Commands.run("mkfs.ext4", "-q", "-O", "^has_journal", process.node().toString());
    Mounts.mount(process.node().toString(), mnt, "ext4", Set.of(), "");
    Files.writeString(mnt.resolve("file"), "unflushed");
    process.kill();
    FutureTask<Boolean> waiting =
        new FutureTask<>(
            () -> {
              try (FileChannel channel =
                  FileChannel.open(mnt.resolve("file"), StandardOpenOption.WRITE)) {
                channel.force(true);
              }
              return true;
            });
    Thread.ofPlatform().daemon().start(waiting);
    DeviceSweep.undoBelow(folder.resolve("dev"));
    assertThat(MountTable.read().below(mnt)).as("of another folder").isNotEmpty();
    DeviceSweep.release(folder);
    assertThatThrownBy(waiting::get).hasMessageContaining("Input/output error");
    Path owned = folder;
    Files.delete(file);
    DeviceSweep.undo(DeviceSweep.TCMU, TargetName.owner(owned) + "-1");
    assertThat(MountTable.read().below(mnt)).isEmpty();
    assertThat(TcmuTarget.ownedBy(TargetName.owner(owned))).isEmpty();
    assertThat(UioDevice.all()).isEmpty();
  }

  @Test
  void aSweepUndoesADiskThatWasJustBeingMade() throws Exception {
    assertThat(TcmuExporter.lacking()).isEmpty();
    Process process = HalfMade.start(folder);
    assertThat(process.getInputStream().read()).isEqualTo('?');
    process.destroyForcibly();
    DeviceSweep.undoBelow(Files.createDirectory(folder.resolve("other")));
    assertThat(UioDevice.all()).hasSize(1);
    DeviceSweep.undo(DeviceSweep.TCMU, TargetName.owner(folder) + "-1");
    assertThat(process.waitFor()).isNotZero();
    assertThat(TcmuTarget.ownedBy(TargetName.owner(folder))).isEmpty();
    assertThat(UioDevice.all()).isEmpty();
  }
}

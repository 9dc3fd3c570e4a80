package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.process.Keeper;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices whose serving process is killed, taken over by the next one or swept. */
@NeedsDevice
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FuseKeeperTest {
  private static final int SIZE = 32 << 20;
  private static final int STALL = 16 << 20;

  @TempDir Path folder = Path.of("");
  private Path served = folder;
  private Path files = folder;

  @BeforeEach
  void folders() throws IOException {
    served = Files.createDirectory(folder.resolve("dev"));
    files = Files.createDirectory(folder.resolve("files"));
  }

  @AfterEach
  void sweep() throws IOException {
    DeviceSweep.undoBelow(served);
  }

  @Test
  void whatWasUnderWayAtAKillIsDoneByTheNextProcess() throws Exception {
    SplitRandom.run(this::killWithRequestsUnderWay);
  }

  private void killWithRequestsUnderWay(SplittableRandom random) throws Exception {
    byte[] model = new byte[SIZE];
    Arrays.fill(model, 0, KeptProcess.BASE, (byte) 'x');
    StallingProcess first = KeptProcess.start(served, files, SIZE, STALL);
    Path device = first.node();
    try (ExecutorService users = Executors.newCachedThreadPool()) {
      List<Future<?>> underWay = new ArrayList<>();
      StallingProcess second;
      try (NodeFile node = new NodeFile(device)) {
        byte[] early = SplitRandom.bytes(random, 1 << 20);
        node.write(1 << 20, early);
        System.arraycopy(early, 0, model, 1 << 20, early.length);
        node.node().discard(4 << 20, 1 << 20);
        Arrays.fill(model, 4 << 20, 5 << 20, (byte) 0);
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
        assertThat(underWay).noneMatch(Future::isDone);
        second = KeptProcess.start(served, files, SIZE, SIZE);
        assertThat(second.node()).isEqualTo(device);
        for (Future<?> request : underWay) {
          request.get();
        }
        assertThat(Arrays.mismatch(node.read(0, SIZE), model)).as("first wrong byte").isEqualTo(-1);
      }
      assertThat(second.end()).isZero();
    }
    assertThatNothingIsLeft();
  }

  @Test
  void anUnusedDeviceStaysForTheNextProcess() throws Exception {
    StallingProcess first = KeptProcess.start(served, files, SIZE, SIZE);
    first.kill();
    try (FuseLoopExporter exporter = FuseLoopExporter.kept(served)) {
      List<Orphan> orphans = exporter.orphans();
      assertThat(orphans).hasSize(1);
      assertThat(orphans.getFirst().name()).isEqualTo(KeptProcess.NAME);
      assertThat(orphans.getFirst().size()).isEqualTo(SIZE);
      assertThat(orphans.getFirst().sectorSize()).isEqualTo(4096);
      assertThat(orphans.getFirst().readOnly()).isFalse();
    }
    StallingProcess second = KeptProcess.start(served, files, SIZE, SIZE);
    assertThat(second.node()).isEqualTo(first.node());
    assertThat(second.end()).isZero();
    assertThatNothingIsLeft();
  }

  @Test
  void withoutItsKeeperAKilledProcessTakesTheDeviceAlong() throws Exception {
    StallingProcess process = KeptProcess.start(served, files, SIZE, STALL);
    try (NodeFile node = new NodeFile(process.node());
        ExecutorService users = Executors.newCachedThreadPool()) {
      Future<byte[]> waiting = users.submit(() -> node.read(STALL, 4096));
      process.awaitStalled();
      for (Keeper keeper : keepers()) {
        keeper.end();
      }
      process.kill();
      assertThatThrownBy(waiting::get).hasMessageContaining("Input/output error");
    }
    DeviceSweep.undoBelow(served);
    assertThatNothingIsLeft();
  }

  @Test
  @NeedsTool("mkfs.ext4")
  void aSweepFailsWhatWaitsAndEndsTheKeeper() throws Exception {
    StallingProcess process = KeptProcess.start(served, files, SIZE, SIZE);
    Path mnt = Files.createDirectory(folder.resolve("mnt"));
    Commands.run("mkfs.ext4", "-q", "-O", "^has_journal", process.node().toString());
    Mounts.mount(process.node().toString(), mnt, "ext4", Set.of(), "");
    process.kill();
    Process waiting =
        new ProcessBuilder(
                "timeout",
                "60",
                "dd",
                "if=/dev/zero",
                "of=" + mnt.resolve("file"),
                "bs=1M",
                "count=1",
                "conv=fsync")
            .redirectErrorStream(true)
            .start();
    DeviceSweep.undoBelow(served);
    assertThat(waiting.waitFor()).isNotZero();
    assertThatNothingIsLeft();
  }

  @Test
  @Tag("slow")
  @NeedsTool("fio")
  void fioFindsEveryBlockAsItWasWrittenThroughManyKills() throws Exception {
    SplitRandom.run(
        random ->
            survives(
                random,
                6,
                256L << 20,
                List.of(
                    "fio",
                    "--name=verify",
                    "--rw=randwrite",
                    "--bsrange=4k-256k",
                    "--ioengine=libaio",
                    "--iodepth=16",
                    "--direct=1",
                    "--size=128m",
                    "--loops=3",
                    "--rate=30m",
                    "--verify=crc32c",
                    "--verify_state_save=0",
                    "--verify_fatal=1",
                    "--do_verify=1",
                    "--randseed=" + random.nextInt(1 << 20)),
                "--filename="));
  }

  private void survives(
      SplittableRandom random, int kills, long size, List<String> command, String node)
      throws Exception {
    StallingProcess server = KeptProcess.start(served, files, size, size);
    List<String> whole = new ArrayList<>(List.of("timeout", "240"));
    whole.addAll(command);
    whole.add(node + server.node());
    Path output = folder.resolve("output");
    Process user =
        new ProcessBuilder(whole).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    int done = 0;
    while (done < kills && !user.waitFor(random.nextLong(50, 1000), TimeUnit.MILLISECONDS)) {
      server.kill();
      done++;
      server = KeptProcess.start(served, files, size, size);
    }
    assertThat(user.waitFor()).as(() -> read(output)).isZero();
    assertThat(done).as("kills, as many as there was time for").isPositive();
    assertThat(server.end()).isZero();
    assertThatNothingIsLeft();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private List<Keeper> keepers() throws IOException {
    return Keeper.all().stream()
        .filter(keeper -> Path.of(keeper.label()).startsWith(served))
        .toList();
  }

  private void assertThatNothingIsLeft() throws IOException {
    assertThat(keepers()).isEmpty();
    assertThat(MountTable.read().below(folder)).isEmpty();
    for (LoopDevice loop : LoopDevice.attached()) {
      assertThat(loop.backingFile().filter(file -> file.startsWith(folder))).isEmpty();
    }
    assertThat(served).isEmptyDirectory();
  }
}

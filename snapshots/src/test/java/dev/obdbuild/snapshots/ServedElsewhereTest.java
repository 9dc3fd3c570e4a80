package dev.obdbuild.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.DeviceSweep;
import dev.obdbuild.backstore.metrics.DeviceNumbers;
import dev.obdbuild.backstore.serve.RemoteExporter;
import dev.obdbuild.linux.file.Trees;
import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.linux.process.Keeper;
import dev.obdbuild.snapshots.store.Database;
import dev.obdbuild.snapshots.store.StorePaths;
import dev.obdbuild.snapshots.sweep.Sweep;
import dev.obdbuild.testkit.ChildJvm;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store whose devices another process serves; whoever writes to them is a process of its own. */
@NeedsRoot
@NeedsDevice
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ServedElsewhereTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int KILLS = 4;

  @TempDir Path root = Path.of("");
  @TempDir Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init") // started before each test
  private ServeProcess server;

  @BeforeEach
  void serve() throws IOException {
    server = ServeProcess.start(folder, true);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      server.end();
      checkThatNothingIsLeft();
    } finally {
      DeviceSweep.undoBelow(folder.toRealPath().resolve("state/devices")); // of a test that failed
    }
  }

  private void checkThatNothingIsLeft() throws IOException {
    assertThat(MountTable.read().below(root.toRealPath())).isEmpty();
    assertThat(MountTable.read().below(folder.toRealPath())).isEmpty();
    for (LoopDevice loop : LoopDevice.attached()) {
      assertThat(loop.backingFile().filter(file -> file.startsWith(folder))).isEmpty();
    }
    assertThat(Keeper.all()).noneMatch(keeper -> Path.of(keeper.label()).startsWith(folder));
  }

  @Test
  void stepsStandOnOneAnother() throws Exception {
    try (Snapshots snapshots = open(LONG);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot at = snapshots.scratch();
      for (int step = 0; step < 3; step++) {
        try (ActiveSnapshot active = snapshots.prepare(at, "step " + step, lease)) {
          String previous = step == 0 ? "true" : "grep -q x step" + (step - 1) + " && rm noise";
          run(
              active.path(),
              previous + "; echo x > step" + step + "; head -c 3M /dev/urandom > noise");
          at = active.commit("step " + step);
        }
      }
      try (MountedView view = snapshots.view(at)) {
        assertThat(run(view.path(), "cat step0 step1 step2")).isEqualTo("x\nx\nx\n");
      }
      assertThat(server.left()).isNotEmpty();
      assertThat(snapshots.verify(at).problems()).isEmpty();
    }
    assertThat(server.left()).isEmpty();
  }

  @Test
  @Tag("slow")
  void aStepGoesOnThroughKillsOfTheServer() throws Exception {
    SplitRandom.run(this::killsDuringAStep);
  }

  private void killsDuringAStep(SplittableRandom random) throws Exception {
    try (Snapshots snapshots = open(LONG);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot at = snapshots.scratch();
      for (int step = 0; step < 2; step++) {
        try (ActiveSnapshot active = snapshots.prepare(at, "step " + step, lease)) {
          Process writer = start(active.path(), writing(step));
          for (int kill = 0; kill < KILLS; kill++) {
            boolean _ = writer.waitFor(random.nextLong(10, 1500), TimeUnit.MILLISECONDS);
            server.kill();
            server.startAgain();
          }
          assertThat(writer.waitFor()).as("the step's exit code").isZero();
          server.kill(); // also between the last write and the commit
          server.startAgain();
          at = active.commit("step " + step);
        }
        server.kill(); // and at rest
        server.startAgain();
      }
      try (MountedView view = snapshots.view(at)) {
        assertThat(run(view.path(), "md5sum -c sums0 sums1 | grep -c OK")).isEqualTo("60\n");
      }
      assertThat(snapshots.verify(at).problems()).isEmpty();
    }
    assertThat(server.left()).isEmpty();
  }

  /** Writes, overwrites and removes for some seconds, and checks what it has written. */
  private static String writing(int step) {
    return """
    set -e
    for i in $(seq 30); do
      head -c 700k /dev/urandom > %1$d-$i; cp %1$d-$i copy; sync copy; mv copy %1$d-$i
      md5sum %1$d-$i >> sums%1$d; sleep 0.1
    done
    sync -f . ; md5sum -c --quiet sums%1$d
    """
        .formatted(step);
  }

  @Test
  void aKilledBuilderLeavesDevicesThatTheNextOneTakesAway() throws Exception {
    Process builder = ChildJvm.start(Builder.class, root.toString(), folder.toString());
    String committed = ChildJvm.firstLine(builder);
    ChildJvm.kill(builder);
    assertThat(server.left()).isNotEmpty();
    try (Snapshots snapshots = open(LONG)) {
      assertThat(server.left()).isEmpty();
      Snapshot snapshot = snapshots.get(committed).orElseThrow();
      try (MountedView view = snapshots.view(snapshot)) {
        assertThat(run(view.path(), "cat done; ls half 2> /dev/null | wc -l")).isEqualTo("x\n0\n");
      }
    }
  }

  @Test
  void whatAKilledBuilderLeftGoesAlsoIfItIsSweptWhileThereIsNoServer() throws Exception {
    Process viewer = ChildJvm.start(Viewer.class, root.toString(), folder.toString());
    String _ = ChildJvm.firstLine(viewer);
    ChildJvm.kill(viewer);
    assertThat(server.left()).isNotEmpty();
    server.kill();
    StorePaths paths = StorePaths.create(root);
    try (Database database = Database.open(paths.database())) {
      assertThat(new Sweep(paths, database).run()).isEqualTo(1);
    }
    server.startAgain();
    assertThat(server.left()).isEmpty();
  }

  @Test
  void aKilledViewersMountGoesFromAFolderOfItsUserToo() throws Exception {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    Process viewer =
        ChildJvm.start(Viewer.class, root.toString(), folder.toString(), mine.toString());
    assertThat(ChildJvm.firstLine(viewer)).isEqualTo(mine.toRealPath().toString());
    ChildJvm.kill(viewer);
    assertThat(MountTable.read().at(mine.toRealPath())).isPresent();
    try (Snapshots _ = open(LONG)) {
      assertThat(MountTable.read().at(mine.toRealPath())).isEmpty();
    }
    assertThat(server.left()).isEmpty();
  }

  @Test
  void whatAKilledBuilderWroteDoesNotHoldUpASweepWhileThereIsNoServer() throws Exception {
    Process writer = ChildJvm.start(Writer.class, root.toString(), folder.toString());
    assertThat(ChildJvm.firstLine(writer)).isEqualTo("written");
    server.kill();
    ChildJvm.kill(writer);
    StorePaths paths = StorePaths.create(root);
    Sweep.releaseDying(paths);
    try (Database database = Database.open(paths.database())) {
      assertThat(new Sweep(paths, database).run()).isEqualTo(1);
    }
    checkThatNothingIsMounted();
    server.startAgain();
    assertThat(server.left()).isEmpty();
  }

  private void checkThatNothingIsMounted() throws IOException {
    assertThat(MountTable.read().below(root.toRealPath())).isEmpty();
  }

  /** The store of a child process, by its arguments: root and folder of the server. */
  private static Snapshots opened(String[] arguments) throws IOException {
    return Snapshots.open(ServeProcess.config(Path.of(arguments[0]), Path.of(arguments[1]), LONG));
  }

  /** Has written what is not flushed when it is killed. */
  static final class Writer {
    public static void main(String[] arguments) throws Exception {
      Snapshots snapshots = opened(arguments);
      Lease lease = snapshots.lease("writer", Duration.ofHours(1));
      ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "step", lease);
      String _ = run(active.path(), "head -c 8M /dev/urandom > dirty");
      System.out.println("written");
      Thread.sleep(Duration.ofHours(1));
    }
  }

  @Test
  void anOwnersDevicesGoWhenItsFolderDoes() throws Exception {
    Process viewer = ChildJvm.start(Viewer.class, root.toString(), folder.toString());
    String _ = ChildJvm.firstLine(viewer);
    ChildJvm.kill(viewer);
    StorePaths paths = StorePaths.create(root);
    // A sweep that could not tell the server, which came back before the owner's folder went.
    for (MountPoint mount : MountTable.read().below(root.toRealPath())) {
      Mounts.unmount(mount.target());
    }
    Trees.remove(paths.runs());
    while (!server.left().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  /** Looks at what it has committed, in a given folder if there is one, until it is killed. */
  static final class Viewer {
    public static void main(String[] arguments) throws Exception {
      Snapshots snapshots = opened(arguments);
      Lease lease = snapshots.lease("viewer", Duration.ofHours(1));
      Snapshot done = snapshots.prepare(snapshots.scratch(), "first", lease).commit("first");
      try (MountedView view =
          arguments.length > 2
              ? snapshots.viewAt(done, Path.of(arguments[2]))
              : snapshots.view(done)) {
        System.out.println(view.path());
        Thread.sleep(Duration.ofHours(1));
      }
    }
  }

  /** Commits a step and is killed in the next one. */
  static final class Builder {
    public static void main(String[] arguments) throws Exception {
      Snapshots snapshots = opened(arguments);
      Lease lease = snapshots.lease("builder", Duration.ofHours(1));
      ActiveSnapshot first = snapshots.prepare(snapshots.scratch(), "first", lease);
      String _ = run(first.path(), "echo x > done");
      Snapshot done = first.commit("first");
      ActiveSnapshot second = snapshots.prepare(done, "second", lease);
      String _ = run(second.path(), "echo y > half; sync -f .");
      System.out.println(done.id());
      Thread.sleep(Duration.ofHours(1));
    }
  }

  @Test
  void theServersNumbersAreTold() throws Exception {
    AtomicReference<RemoteExporter> exporter = new AtomicReference<>();
    SnapshotsConfig config =
        SnapshotsConfig.of(
            root,
            own -> {
              RemoteExporter made = new RemoteExporter(own, ServeProcess.socket(folder), LONG);
              exporter.set(made);
              return made;
            },
            new TestStore.Files4Blobs());
    try (Snapshots snapshots = Snapshots.open(config);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      RemoteExporter served = Objects.requireNonNull(exporter.get());
      assertThat(served.numbers()).isEmpty();
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "step", lease)) {
        String _ = run(active.path(), "head -c 1M /dev/urandom > noise; sync -f .");
        DeviceNumbers numbers = served.numbers().getFirst();
        assertThat(numbers.node())
            .hasToString(MountTable.read().at(active.path()).orElseThrow().source());
        assertThat(numbers.writable()).isTrue();
        assertThat(numbers.size()).isEqualTo(config.filesystem().bytes());
        assertThat(numbers.counts().written()).isGreaterThanOrEqualTo(1 << 20);
        assertThat(numbers.counts().reads()).isPositive();
        assertThat(numbers.counts().failures()).isZero();
        server.kill();
        assertThatThrownBy(served::numbers).hasMessageContaining("no backstore answers");
        assertThat(served.fetchedBytes()).isZero();
        server.startAgain();
        assertThat(served.numbers()).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @NeedsTool({"mkfs.xfs", "mkfs.btrfs"})
  @ValueSource(strings = {"xfs", "btrfs"})
  void otherFilesystemsOutliveAKillOfTheServer(String kind) throws Exception {
    SnapshotsConfig config =
        ServeProcess.config(root, folder, LONG).withFilesystem(Filesystems.of(kind));
    try (Snapshots snapshots = Snapshots.open(config);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot at = snapshots.scratch();
      for (int step = 0; step < 3; step++) {
        try (ActiveSnapshot active = snapshots.prepare(at, "step " + step, lease)) {
          String _ =
              run(
                  active.path(),
                  "head -c 3M /dev/urandom > noise; sync -f .; rm noise; sync -f .;"
                      + " head -c 2M /dev/urandom > file"
                      + step
                      + "; md5sum file"
                      + step
                      + " >> sums");
          server.kill();
          server.startAgain();
          at = active.commit("step " + step);
        }
      }
      try (MountedView view = snapshots.view(at)) {
        assertThat(run(view.path(), "md5sum -c sums | grep -c OK")).isEqualTo("3\n");
      }
      assertThat(snapshots.verify(at).problems()).isEmpty();
    }
    assertThat(server.left()).isEmpty();
  }

  @Test
  void withoutKeepersAStepFailsWithItsServerAndTheNextOneWorks() throws Exception {
    server.end();
    server = ServeProcess.start(folder, false);
    try (Snapshots snapshots = open(LONG);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "lost", lease)) {
        String _ = run(active.path(), "echo x > file");
        server.kill();
        // EIO, or EROFS if the filesystem noticed first.
        assertThatThrownBy(() -> run(active.path(), "echo y > file; sync -f ."))
            .hasMessageContaining("sync");
        server.startAgain();
        assertThatThrownBy(() -> active.commit("lost"))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("its server ended without it");
      }
      assertThat(server.left()).isEmpty();
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "next", lease)) {
        assertThat(run(active.path(), "echo y > file; cat file")).isEqualTo("y\n");
      }
    }
  }

  @Test
  void aServerThatStaysAwayFailsItsDevicesInTheEnd() throws Exception {
    try (Snapshots snapshots = open(Duration.ofSeconds(2));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "lost", lease)) {
        server.kill();
        // EIO, or EROFS if the filesystem noticed first.
        assertThatThrownBy(() -> run(active.path(), "echo y > file; sync -f ."))
            .hasMessageContaining("sync");
        assertThatThrownBy(() -> active.commit("lost"))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("no backstore answers");
      }
      server.startAgain();
      assertThat(server.left()).isEmpty();
    }
  }

  private Snapshots open(Duration patience) throws IOException {
    return Snapshots.open(ServeProcess.config(root, folder, patience));
  }

  private static Process start(Path where, String script) throws IOException {
    return new ProcessBuilder("timeout", "200", "sh", "-c", script)
        .directory(where.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String run(Path where, String script) throws Exception {
    Process process =
        new ProcessBuilder(List.of("timeout", "100", "sh", "-c", script))
            .directory(where.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(script + " ended with " + process.exitValue() + ": " + said);
    }
    return said;
  }
}

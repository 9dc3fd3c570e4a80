package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;
import static dev.obdbuild.snapshots.TestStore.read;
import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.backstore.device.BlockDevice;
import dev.obdbuild.backstore.device.DeviceExporter;
import dev.obdbuild.backstore.device.ExportedDevice;
import dev.obdbuild.backstore.device.FuseLoopExporter;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
@NeedsDevice
final class LiveChainTest {
  @TempDir Path root;
  private Snapshots snapshots;
  private Lease lease;

  @BeforeEach
  void open() throws Exception {
    snapshots = TestStore.open(root);
    lease = snapshots.lease("test", Duration.ofHours(1));
  }

  @AfterEach
  void close() throws Exception {
    lease.close();
    snapshots.close();
    assertThat(MountTable.read().below(root.toRealPath())).isEmpty();
    try (var files = Files.list(root.resolve("run"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void tenStepsInARowKeepOneDeviceAndOneMount() throws Exception {
    Snapshot at = snapshots.scratch();
    Set<String> seen = new HashSet<>();
    for (int step = 0; step < 10; step++) {
      try (ActiveSnapshot active = snapshots.prepare(at, "step " + step, lease)) {
        write(snapshots, active.path().resolve("file" + step), "content " + step);
        var mount = MountTable.read().at(active.path()).orElseThrow();
        seen.add(mount.major() + ":" + mount.minor() + " mount " + mount.id());
        assertThat(mount.readOnly()).isFalse();
        at = active.commit("step " + step);
      }
    }
    assertThat(seen).hasSize(1);
    assertThat(at.layers()).hasSize(10);
    assertThat(snapshots.verify(at).problems()).isEmpty();
    try (MountedView view = snapshots.view(at)) {
      for (int step = 0; step < 10; step++) {
        assertThat(read(snapshots, view.path().resolve("file" + step)))
            .isEqualTo("content " + step);
      }
    }
  }

  @Test
  void aReaderOfASnapshotSeesItWhileItsChildIsWritten() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", "one");
    try (MountedView reader = snapshots.view(first)) {
      try (ActiveSnapshot child = snapshots.prepare(first, "child", lease)) {
        assertThat(child.path()).isNotEqualTo(reader.path());
        write(snapshots, child.path().resolve("a"), "two");
        assertThat(read(snapshots, reader.path().resolve("a"))).isEqualTo("one");
        Snapshot second = child.commit("child");
        assertThat(read(snapshots, reader.path().resolve("a"))).isEqualTo("one");
        try (MountedView other = snapshots.view(second)) {
          assertThat(read(snapshots, other.path().resolve("a"))).isEqualTo("two");
        }
      }
    }
  }

  @Test
  void aReaderWhoComesWhileTheDeviceWentOnGetsAnotherOne() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", "one");
    try (ActiveSnapshot child = snapshots.prepare(first, "child", lease)) {
      write(snapshots, child.path().resolve("a"), "two");
      try (MountedView reader = snapshots.view(first)) {
        assertThat(read(snapshots, reader.path().resolve("a"))).isEqualTo("one");
        on(
            snapshots,
            () -> {
              assertThatThrownBy(() -> Files.writeString(reader.path().resolve("x"), "x"))
                  .isInstanceOf(IOException.class);
              return true;
            });
      }
    }
  }

  @Test
  void twoChildrenOfOneSnapshotDoNotSeeEachOther() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", "one");
    try (ActiveSnapshot left = snapshots.prepare(first, "left", lease);
        ActiveSnapshot right = snapshots.prepare(first, "right", lease)) {
      write(snapshots, left.path().resolve("l"), "left");
      write(snapshots, right.path().resolve("r"), "right");
      Snapshot l = left.commit("left");
      Snapshot r = right.commit("right");
      try (MountedView lv = snapshots.view(l);
          MountedView rv = snapshots.view(r)) {
        assertThat(names(lv.path())).containsExactlyInAnyOrder("a", "l");
        assertThat(names(rv.path())).containsExactlyInAnyOrder("a", "r");
      }
    }
  }

  @Test
  void whatIsNotCommittedIsGone() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", "one");
    try (ActiveSnapshot dropped = snapshots.prepare(first, "dropped", lease)) {
      write(snapshots, dropped.path().resolve("a"), "spoiled");
    }
    try (MountedView view = snapshots.view(first)) {
      assertThat(read(snapshots, view.path().resolve("a"))).isEqualTo("one");
    }
    try (var raws = Files.list(snapshots.paths().rawLayers())) {
      assertThat(raws.filter(p -> !p.getFileName().toString().startsWith("template"))).hasSize(1);
    }
  }

  @Test
  void theEmptyFilesystemIsEmptyAndHasNoLayers() throws Exception {
    assertThat(snapshots.scratch().layers()).isEmpty();
    try (MountedView view = snapshots.view(snapshots.scratch())) {
      assertThat(names(view.path())).isEmpty();
    }
  }

  @Test
  void aFileThatIsStillOpenForWritingFailsTheCommitNamingItsHolder() throws Exception {
    try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "k", lease)) {
      Process holder =
          new ProcessBuilder("sh", "-c", "exec 3>" + active.path() + "/held; echo ready; read x")
              .start();
      try {
        holder.getInputStream().read();
        assertThatThrownBy(() -> active.commit("never"))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("still being written by process " + holder.pid() + " (sh)");
      } finally {
        holder.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aFailedDeviceNeverCommits() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", "one");
    try (ActiveSnapshot active = snapshots.prepare(first, "k", lease)) {
      write(snapshots, active.path().resolve("b"), "two");
      active.failDevice();
      assertThat(active.deviceFailure()).isPresent();
      assertThatThrownBy(() -> active.commit("never"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cancelled");
    }
    assertThat(step(first, "c", "three").layers()).hasSize(2);
  }

  @Test
  void idleDevicesGoWithTheLastLease() throws Exception {
    step(snapshots.scratch(), "a", "one");
    assertThat(MountTable.read().below(root.toRealPath().resolve("run"))).isNotEmpty();
    lease.close();
    assertThat(MountTable.read().below(root.toRealPath().resolve("run"))).isEmpty();
    lease = snapshots.lease("again", Duration.ofHours(1));
  }

  @Test
  void snapshotsAreFoundByAnotherProcessLater() throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", "one");
    Snapshot second = step(first, "b", "two");
    lease.close();
    snapshots.close();

    snapshots = TestStore.open(root);
    lease = snapshots.lease("later", Duration.ofHours(1));
    Snapshot found = snapshots.get(second.id()).orElseThrow();
    assertThat(found.layers()).hasSize(2).isEqualTo(second.layers());
    assertThat(found.created()).isEqualTo(second.created());
    assertThat(found.layerTimes()).isEqualTo(second.layerTimes());
    try (MountedView view = snapshots.view(found)) {
      assertThat(read(snapshots, view.path().resolve("a"))).isEqualTo("one");
      assertThat(read(snapshots, view.path().resolve("b"))).isEqualTo("two");
    }
    assertThat(snapshots.get("no-such-snapshot")).isEmpty();
    assertThat(step(found, "c", "three").layers()).hasSize(3);
  }

  @Test
  void aViewCanBeMountedWhereTheCallerWants(@TempDir Path target) throws Exception {
    Snapshot first = step(snapshots.scratch(), "a", "one");
    try (MountedView _ = snapshots.viewAt(first, target)) {
      assertThat(read(snapshots, target.resolve("a"))).isEqualTo("one");
    }
    assertThat(target).isEmptyDirectory();
  }

  private Snapshot step(Snapshot parent, String name, String content) throws IOException {
    try (ActiveSnapshot active = snapshots.prepare(parent, "write " + name, lease)) {
      write(snapshots, active.path().resolve(name), content);
      return active.commit("write " + name);
    }
  }

  private Set<String> names(Path folder) throws IOException {
    return on(
        snapshots,
        () -> {
          Set<String> names = new HashSet<>();
          try (var files = Files.list(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
          }
          return names;
        });
  }

  /** At some moment makes no more devices, and has the layer being written be somebody's mount. */
  private record Ending(FuseLoopExporter exporter, Path raws, AtomicReference<Path> held)
      implements DeviceExporter {
    @Override
    public ExportedDevice export(BlockDevice device, String name, boolean readOnly)
        throws IOException {
      if (held.get() != null) {
        try (Stream<Path> all = Files.list(raws)) {
          held.set(all.filter(raw -> !Files.exists(raw.resolve("index"))).findAny().orElseThrow());
        }
        Mounts.mount("test", held.get(), "tmpfs", Set.of(), "size=64k");
        throw new IOException("there are no more devices");
      }
      return exporter.export(device, name, readOnly);
    }

    @Override
    public String kind() {
      return exporter.kind();
    }
  }

  @Test
  void whyAStepCannotBeginIsToldBeforeWhatMeetsWhoeverTidiesUpAfterIt(@TempDir Path other)
      throws Exception {
    AtomicReference<Path> held = new AtomicReference<>();
    SnapshotsConfig config =
        SnapshotsConfig.of(
            other,
            folder -> new Ending(new FuseLoopExporter(folder), other.resolve("raw"), held),
            new TestStore.Files4Blobs());
    try (Snapshots ending = Snapshots.open(config);
        Lease its = ending.lease("test", Duration.ofHours(1))) {
      ending.prepare(ending.scratch(), "once", its).close(); // makes the empty filesystem
      held.set(other);
      try {
        assertThatThrownBy(() -> ending.prepare(ending.scratch(), "one", its))
            .hasMessageContaining("no more devices")
            .satisfies(e -> assertThat(e.getSuppressed()).isNotEmpty());
      } finally {
        Mounts.unmount(Objects.requireNonNull(held.get()));
      }
    }
  }
}

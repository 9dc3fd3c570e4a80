package dev.obdbuild.snapshots;

import static dev.obdbuild.snapshots.TestStore.on;
import static dev.obdbuild.snapshots.TestStore.read;
import static dev.obdbuild.snapshots.TestStore.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.oci.image.LayerSource;
import dev.obdbuild.oci.image.OverlaybdAnnotations;
import dev.obdbuild.snapshots.TestStore.Files4Blobs;
import dev.obdbuild.snapshots.fs.NewFilesystem;
import dev.obdbuild.snapshots.fs.NewFilesystem.BaseSize;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsRoot
@NeedsDevice
@NeedsTool({"mkfs.ext4", "mkfs.xfs", "mkfs.btrfs", "mkfs.erofs"})
final class FilesystemKindsTest {
  @TempDir Path root;
  @TempDir Path images;
  private final Files4Blobs registry = new Files4Blobs();

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs"})
  void stepsOnOneDeviceGiveCleanFilesystemsAndLayersThatSayWhatTheyAre(String kind)
      throws Exception {
    try (Snapshots snapshots = open(Filesystems.of(kind));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot at = snapshots.scratch();
      for (int step = 0; step < 4; step++) {
        try (ActiveSnapshot active = snapshots.prepare(at, "step " + step, lease)) {
          assertThat(type(active.path())).isEqualTo(kind);
          write(snapshots, active.path().resolve("file" + step), "content " + step);
          at = active.commit("step " + step);
        }
        assertThat(snapshots.verify(at).problems()).isEmpty();
      }
      for (LayerSource layer : at.layers()) {
        assertThat(layer.seal().descriptor().annotations())
            .containsEntry(OverlaybdAnnotations.FS_TYPE, kind);
      }
    }
    // From the sealed blobs, by a store that would make another kind itself.
    try (Snapshots snapshots = open(NewFilesystem.of(1L << 30));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      String id = snapshots.usage().records().getLast().id();
      Snapshot found = snapshots.get(id, lease).orElseThrow();
      assertThat(snapshots.verify(found).problems()).isEmpty();
      try (MountedView view = snapshots.view(found)) {
        assertThat(type(view.path())).isEqualTo(kind);
        assertThat(read(snapshots, view.path().resolve("file0"))).isEqualTo("content 0");
      }
      try (ActiveSnapshot active = snapshots.prepare(found, "more", lease)) {
        assertThat(type(active.path())).isEqualTo(kind);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs"})
  void aReaderSeesItsSnapshotWhileTheChildIsWritten(String kind) throws Exception {
    try (Snapshots snapshots = open(Filesystems.of(kind));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot first;
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "a", lease)) {
        write(snapshots, active.path().resolve("a"), "one");
        first = active.commit("a");
      }
      try (MountedView reader = snapshots.view(first);
          ActiveSnapshot child = snapshots.prepare(first, "b", lease)) {
        assertThat(child.path()).isNotEqualTo(reader.path());
        write(snapshots, child.path().resolve("a"), "two");
        Snapshot second = child.commit("b");
        assertThat(read(snapshots, reader.path().resolve("a"))).isEqualTo("one");
        try (MountedView other = snapshots.view(second);
            ActiveSnapshot sibling = snapshots.prepare(first, "c", lease)) {
          write(snapshots, sibling.path().resolve("a"), "three");
          assertThat(read(snapshots, other.path().resolve("a"))).isEqualTo("two");
          assertThat(read(snapshots, reader.path().resolve("a"))).isEqualTo("one");
        }
        assertThat(snapshots.verify(second).problems()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs"})
  void whatAStepDeletesAgainIsNotInItsLayer(String kind) throws Exception {
    try (Snapshots snapshots = open(Filesystems.of(kind));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      byte[] noise = new byte[16 << 20];
      new Random(1).nextBytes(noise);
      Snapshot base;
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "base", lease)) {
        write(snapshots, active.path().resolve("base"), "base");
        base = active.commit("base");
      }
      try (ActiveSnapshot active = snapshots.prepare(base, "temp", lease)) {
        on(
            snapshots,
            () -> {
              Files.write(active.path().resolve("temp"), noise);
              Filesystems.run("sync", "-f", active.path().toString());
              Files.delete(active.path().resolve("temp"));
              return Files.write(active.path().resolve("kept"), new byte[] {1});
            });
        Snapshot after = active.commit("temp");
        long first = base.layers().getFirst().seal().descriptor().size();
        long size = after.layers().getLast().seal().descriptor().size();
        System.out.printf("%s: first layer %d bytes, second %d%n", kind, first, size);
        assertThat(size).isLessThan(200 << 10);
        assertThat(snapshots.verify(after).problems()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs"})
  void aSmallerBaseIsGrownByTheFirstStepUponIt(String kind) throws Exception {
    NewFilesystem small = Filesystems.of(kind);
    Snapshot grown;
    try (Snapshots snapshots = open(small);
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      try (ActiveSnapshot active = snapshots.prepare(snapshots.scratch(), "a", lease)) {
        write(snapshots, active.path().resolve("a"), "one");
        assertThat(active.commit("a").layers()).hasSize(1);
      }
    }
    try (Snapshots snapshots = open(small.with(5L << 30, BaseSize.EXACT));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot base =
          snapshots.get(snapshots.usage().records().getLast().id(), lease).orElseThrow();
      try (ActiveSnapshot active = snapshots.prepare(base, "b", lease)) {
        assertThat(total(snapshots, active.path())).isGreaterThan(4L << 30);
        assertThat(read(snapshots, active.path().resolve("a"))).isEqualTo("one");
        write(snapshots, active.path().resolve("b"), "two");
        grown = active.commit("b");
      }
      assertThat(snapshots.verify(grown).problems()).isEmpty();
      // The next step goes on with that device.
      try (ActiveSnapshot active = snapshots.prepare(grown, "c", lease)) {
        assertThat(total(snapshots, active.path())).isGreaterThan(4L << 30);
        write(snapshots, active.path().resolve("c"), "three");
        grown = active.commit("c");
      }
      for (LayerSource layer : grown.layers()) {
        layer.seal();
      }
      assertThat(snapshots.verify(grown).problems()).isEmpty();
    }
    try (Snapshots snapshots = open(small.with(3L << 30, BaseSize.EXACT));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot large = snapshots.get(grown.id(), lease).orElseThrow();
      try (MountedView view = snapshots.view(large)) {
        assertThat(total(snapshots, view.path())).isGreaterThan(4L << 30);
      }
      assertThatThrownBy(() -> snapshots.prepare(large, "d", lease))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has 5368709120 bytes, more than the 3221225472")
          .hasMessageContaining("never shrunk");
    }
    try (Snapshots snapshots = open(small.with(3L << 30, BaseSize.AT_LEAST));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot large = snapshots.get(grown.id(), lease).orElseThrow();
      try (ActiveSnapshot active = snapshots.prepare(large, "d", lease)) {
        assertThat(total(snapshots, active.path())).isGreaterThan(4L << 30);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void anErofsImageIsReadAsItIsAndBuiltUponAsACopy(String kind) throws Exception {
    Path tree = Files.createDirectory(images.resolve("tree"));
    Files.writeString(tree.resolve("a"), "from erofs");
    Files.createLink(tree.resolve("hard"), tree.resolve("a"));
    Files.createSymbolicLink(tree.resolve("soft"), Path.of("a"));
    Filesystems.run("chown", "12:34", tree.resolve("a").toString());
    Path image = images.resolve("image.erofs");
    Filesystems.run("mkfs.erofs", image.toString(), tree.toString());
    try (Snapshots snapshots = open(Filesystems.of(kind));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot base =
          snapshots.base(Filesystems.base(images, image, registry), lease, BaseProgress.NONE);
      try (MountedView view = snapshots.view(base)) {
        assertThat(type(view.path())).isEqualTo("erofs");
        assertThat(read(snapshots, view.path().resolve("a"))).isEqualTo("from erofs");
      }
      assertThat(snapshots.verify(base).problems()).isEmpty();
      Snapshot first = onCopy(snapshots, lease, base, kind, "one");
      Snapshot second = onCopy(snapshots, lease, base, kind, "two");
      // One copy for both.
      assertThat(first.layers().getFirst()).isEqualTo(second.layers().getFirst());
      assertThat(first.layers().getFirst().seal().descriptor().annotations())
          .containsEntry(OverlaybdAnnotations.FS_TYPE, kind);
    }
  }

  private static Snapshot onCopy(
      Snapshots snapshots, Lease lease, Snapshot base, String kind, String name)
      throws IOException {
    try (ActiveSnapshot active = snapshots.prepare(base, name, lease)) {
      assertThat(type(active.path())).isEqualTo(kind);
      assertThat(read(snapshots, active.path().resolve("soft"))).isEqualTo("from erofs");
      assertThat(
              on(
                  snapshots,
                  () ->
                      Files.getAttribute(active.path().resolve("hard"), "unix:nlink")
                          + " "
                          + Files.getAttribute(active.path().resolve("hard"), "unix:uid")))
          .isEqualTo("2 12");
      write(snapshots, active.path().resolve("a"), name);
      Snapshot after = active.commit(name);
      assertThat(after.layers()).hasSize(2);
      assertThat(snapshots.verify(after).problems()).isEmpty();
      return after;
    }
  }

  @Test
  void aForeignXfsWithSmallSectorsIsBuiltUpon() throws Exception {
    Path image = images.resolve("image.xfs");
    Filesystems.run("truncate", "-s", "400M", image.toString());
    Filesystems.run("mkfs.xfs", "-q", "-s", "size=512", "-b", "size=1024", image.toString());
    try (Snapshots snapshots = open(NewFilesystem.of(1L << 30));
        Lease lease = snapshots.lease("test", Duration.ofHours(1))) {
      Snapshot base =
          snapshots.base(Filesystems.base(images, image, registry), lease, BaseProgress.NONE);
      try (ActiveSnapshot active = snapshots.prepare(base, "step", lease)) {
        assertThat(type(active.path())).isEqualTo("xfs");
        write(snapshots, active.path().resolve("a"), "one");
        Snapshot after = active.commit("step");
        assertThat(snapshots.verify(after).problems()).isEmpty();
        assertThat(after.layers().getLast().seal().descriptor().annotations())
            .containsEntry(OverlaybdAnnotations.FS_TYPE, "xfs");
      }
    }
  }

  private Snapshots open(NewFilesystem filesystem) throws IOException {
    return Snapshots.open(TestStore.config(root, registry).withFilesystem(filesystem));
  }

  private static String type(Path mounted) throws IOException {
    return MountTable.read().at(mounted).orElseThrow().type();
  }

  private static long total(Snapshots snapshots, Path mounted) throws IOException {
    return on(snapshots, () -> Files.getFileStore(mounted).getTotalSpace());
  }
}

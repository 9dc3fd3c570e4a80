package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.ext.Trim;
import dev.obdbuild.linux.mount.MountFlag;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.overlaybd.lsmt.Layer;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.SplitRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real filesystem on the real stack: what a build does with a device, with one swap of layers in
 * the middle.
 */
@NeedsDevice
@NeedsTool({"mkfs.ext4", "e2fsck", "tar"})
abstract class FilesystemConformance {
  private static final long SIZE = 8L << 30;
  private static final long SMALL = 512L << 20;
  private static final String OPTIONS = "noinit_itable";

  @TempDir Path folder = Path.of("");

  /** The exporter under test. */
  abstract DeviceExporter exporter(Path served) throws IOException;

  private final List<Layer> frozen = new ArrayList<>();

  @AfterEach
  void closeFrozen() throws IOException {
    for (Layer layer : frozen) {
      layer.close();
    }
  }

  private SparseLayer layer(String name) throws IOException {
    return SparseLayer.create(HostSparseFile.create(folder.resolve(name)), SIZE);
  }

  @Test
  void ext4SurvivesTwoStepsATrimAndACheck() throws Exception {
    Path source = Files.createDirectories(folder.resolve("source"));
    for (int i = 0; i < 300; i++) {
      Files.write(source.resolve("file" + i), new byte[i * 100 + 1]);
    }
    Files.write(source.resolve("big"), new byte[32 << 20]);
    Path tar = folder.resolve("source.tar");
    Commands.run("tar", "-cf", tar.toString(), "-C", folder.toString(), "source");
    Path served = Files.createDirectory(folder.resolve("dev"));
    Path mnt = Files.createDirectory(folder.resolve("mnt"));
    Trimmed trimmed;
    DeviceExporter exporter = exporter(served);
    try (StackDevice device = new StackDevice(LayerStack.of(List.of(), SIZE), layer("one"))) {
      try (ExportedDevice exported = exporter.export(device, "fs", false)) {
        String node = exported.node().toString();
        Commands.run(
            "mkfs.ext4",
            "-q",
            "-O",
            "^has_journal,^resize_inode,sparse_super2",
            "-E",
            "nodiscard,lazy_itable_init=1,packed_meta_blocks=1",
            node);
        Mounts.mount(node, mnt, "ext4", Set.of(MountFlag.NO_ATIME), OPTIONS);
        try {
          Commands.run("tar", "-xf", tar.toString(), "-C", mnt.toString());
          Mounts.remount(mnt, Set.of(MountFlag.READ_ONLY, MountFlag.NO_ATIME), OPTIONS);
          frozen.add(device.freezeTop());
          device.resume(layer("two"));
          Mounts.remount(mnt, Set.of(MountFlag.NO_ATIME), OPTIONS);
          Commands.run("diff", "-r", source.toString(), mnt.resolve("source").toString());
          Files.writeString(mnt.resolve("second"), "step");
          Files.delete(mnt.resolve("source/big"));
          trimmed = trimReadOnly(device, mnt);
        } finally {
          Mounts.unmount(mnt);
        }
        Commands.run("e2fsck", "-fn", node);
      }
      assertThat(device.failure()).isEmpty();
      assertThat(trimmed.discarded()).isGreaterThanOrEqualTo(32L << 20);
      assertThat(trimmed.after()).as("stored in the second layer").isLessThan(1 << 20);
    }
    assertThat(served).isEmptyDirectory();
  }

  @Test
  @NeedsTool({"mkfs.xfs", "xfs_repair"})
  void xfsSurvivesTwoStepsAndACheck() throws Exception {
    twoSteps("xfs", List.of("mkfs.xfs", "-Kq", "-l", "size=64m"), List.of("xfs_repair", "-n"));
  }

  @Test
  @NeedsTool({"mkfs.btrfs", "btrfs"})
  void btrfsSurvivesTwoStepsAndACheck() throws Exception {
    twoSteps("btrfs", List.of("mkfs.btrfs", "-Kq"), List.of("btrfs", "check"));
  }

  private void twoSteps(String kind, List<String> mkfs, List<String> check) throws Exception {
    Path served = Files.createDirectory(folder.resolve("dev"));
    Path mnt = Files.createDirectory(folder.resolve("mnt"));
    DeviceExporter exporter = exporter(served);
    byte[] noise = SplitRandom.bytes(new SplittableRandom(5), 4 << 20);
    try (StackDevice device = new StackDevice(LayerStack.of(List.of(), SMALL), small("one"))) {
      try (ExportedDevice exported = exporter.export(device, "fs", false)) {
        String node = exported.node().toString();
        Commands.run(with(mkfs, node));
        Mounts.mount(node, mnt, kind, Set.of(MountFlag.NO_ATIME), "");
        try {
          Files.write(mnt.resolve("first"), noise);
          Files.write(mnt.resolve("gone"), noise);
        } finally {
          Mounts.unmount(mnt);
        }
        frozen.add(device.freezeTop());
        device.resume(small("two"));
        Mounts.mount(node, mnt, kind, Set.of(MountFlag.NO_ATIME), "");
        try {
          assertThat(Files.readAllBytes(mnt.resolve("first"))).isEqualTo(noise);
          Files.delete(mnt.resolve("gone"));
          Files.writeString(mnt.resolve("second"), "step");
        } finally {
          Mounts.unmount(mnt);
        }
        String _ = Commands.run(with(check, node));
        Mounts.mount(node, mnt, kind, Set.of(MountFlag.READ_ONLY), "");
        try {
          assertThat(Files.readString(mnt.resolve("second"))).isEqualTo("step");
          assertThat(Files.readAllBytes(mnt.resolve("first"))).isEqualTo(noise);
          assertThat(mnt.resolve("gone")).doesNotExist();
        } finally {
          Mounts.unmount(mnt);
        }
      }
      assertThat(device.failure()).isEmpty();
      // The second layer has the change, not the file that was there before.
      assertThat(device.top().orElseThrow().storedBytes()).isBetween(1L, 4L << 20);
    }
    assertThat(served).isEmptyDirectory();
  }

  private SparseLayer small(String name) throws IOException {
    return SparseLayer.create(HostSparseFile.create(folder.resolve(name)), SMALL);
  }

  private static String[] with(List<String> command, String node) {
    return Stream.concat(command.stream(), Stream.of(node)).toArray(String[]::new);
  }

  private record Trimmed(long discarded, long after) {}

  private static Trimmed trimReadOnly(StackDevice device, Path mnt) throws IOException {
    Mounts.remount(mnt, Set.of(MountFlag.READ_ONLY, MountFlag.NO_ATIME), OPTIONS);
    try (Trim trim = Trim.of(mnt)) {
      trim.range(0, 1L << 30, 4096);
    }
    return new Trimmed(device.stats().bytesDiscarded(), device.top().orElseThrow().storedBytes());
  }
}

package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.linux.mount.Mounts;
import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FuseLoopExporterTest extends ExporterConformance {
  @TempDir Path folder = Path.of("");
  private FuseLoopExporter exporter = new FuseLoopExporter(folder);

  @BeforeEach
  void open() {
    exporter = new FuseLoopExporter(folder);
  }

  @AfterEach
  void close() {
    exporter.close();
  }

  @Override
  DeviceExporter exporter() {
    return exporter;
  }

  @Test
  void abortFailsTheDeviceSoThatItsStepIsNotSealed() throws IOException {
    try (StackDevice device = StackDevice.readOnly(LayerStack.of(List.of(), 1 << 20));
        ExportedDevice exported = exporter.export(device, "aborted", true)) {
      exported.abort();
      assertThat(device.failure().orElseThrow()).hasMessageContaining("aborted");
    }
  }

  @Test
  @NeedsTool({"mkfs.ext4", "unshare"})
  void aForeignMountNamespaceHoldsUpNothing() throws Exception {
    Path mnt = Files.createDirectory(folder.resolve("mnt"));
    BlockDevice device = new MemoryDevice(16 << 20, 4096);
    ExportedDevice exported = exporter.export(device, "pinned", false);
    Commands.run("mkfs.ext4", "-q", exported.node().toString());
    Mounts.mount(exported.node().toString(), mnt, "ext4", Set.of(), "");
    Process pin =
        new ProcessBuilder("unshare", "-m", "--propagation", "private", "sh", "-c", "echo; cat")
            .start();
    assertThat(pin.getInputStream().read()).isEqualTo('\n');
    Mounts.unmount(mnt);
    exported.close();
    pin.getOutputStream().close();
    pin.waitFor();
    device.close();
    Files.delete(mnt);
    assertThat(leftovers()).isEmpty();
  }

  @Override
  List<String> leftovers() throws IOException {
    List<String> found = new ArrayList<>();
    for (MountPoint mount : MountTable.read().below(folder)) {
      found.add(mount.toString());
    }
    for (LoopDevice loop : LoopDevice.attached()) {
      if (loop.backingFile().filter(file -> file.startsWith(folder)).isPresent()) {
        found.add(loop.toString());
      }
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> found.add(file.toString()));
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().matches("fuse-(random|lanes|abort|busy|many|pinned)-.*")) {
        found.add(thread.toString());
      }
    }
    return found;
  }
}

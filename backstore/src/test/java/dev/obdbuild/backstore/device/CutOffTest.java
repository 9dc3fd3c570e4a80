package dev.obdbuild.backstore.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountTable;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who cuts a device off without its server meets no other device of that node or connection. */
@NeedsRoot
@NeedsDevice
final class CutOffTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder = Path.of("");

  @Test
  void onlyTheDeviceOfThatNameIsCutOff() throws Exception {
    try (FuseLoopExporter exporter = new FuseLoopExporter(folder.toRealPath());
        MemoryDevice bytes = new MemoryDevice(SIZE, 4096);
        ExportedDevice exported = exporter.export(bytes, "abc", false);
        NodeFile node = new NodeFile(exported.node())) {
      int connection = connection(exported.node());
      DeviceSweep.cutOff(exported.node(), "ab", connection);
      DeviceSweep.cutOff(exported.node(), "abcd", connection);
      assertThat(node.read(0, 4096)).containsOnly(0);
      DeviceSweep.cutOff(exported.node(), "abc", connection);
      assertThatThrownBy(() -> node.read(8192, 4096)).isInstanceOf(IOException.class);
    } catch (IOException e) {
      // The test itself still has the node open.
      assertThat(e).hasMessageContaining("in use");
    }
  }

  @Test
  void aNodeThatIsGoneIsNobodys() throws Exception {
    DeviceSweep.cutOff(Path.of("/dev/loop9999"), "abc", 1);
    DeviceSweep.cutOff(Path.of("/dev/sdzz"), "abc", 0);
  }

  private static int connection(Path node) throws IOException {
    Path file = LoopDevice.ofNode(node).orElseThrow().backingFile().orElseThrow();
    return MountTable.read().at(file).orElseThrow().minor();
  }
}

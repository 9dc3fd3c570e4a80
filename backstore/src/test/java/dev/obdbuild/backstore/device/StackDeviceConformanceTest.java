package dev.obdbuild.backstore.device;

import dev.obdbuild.overlaybd.lsmt.LayerStack;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class StackDeviceConformanceTest extends BlockDeviceConformance {
  @TempDir Path folder = Path.of("");
  private int count;

  @Override
  BlockDevice device() throws IOException {
    HostSparseFile file = HostSparseFile.create(folder.resolve("top" + count++));
    return new StackDevice(LayerStack.of(List.of(), SIZE), SparseLayer.create(file, SIZE));
  }
}

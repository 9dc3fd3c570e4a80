package dev.obdbuild.backstore.attach;

import dev.obdbuild.backstore.device.HostSparseFile;
import dev.obdbuild.overlaybd.lsmt.LogLayer;
import dev.obdbuild.overlaybd.lsmt.SparseLayer;
import dev.obdbuild.overlaybd.lsmt.WritableLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes writable layers as overlaybd-create does. */
final class Uppers {
  private Uppers() {}

  static void createLog(Path data, Path index, long size) throws IOException {
    try (WritableLayer layer =
        LogLayer.create(HostSparseFile.create(data), HostSparseFile.create(index), size)) {
      layer.force();
    }
  }

  static void createSparse(Path data, Path index, long size) throws IOException {
    Files.createFile(index);
    try (WritableLayer layer = SparseLayer.create(HostSparseFile.create(data), size)) {
      layer.force();
    }
  }
}

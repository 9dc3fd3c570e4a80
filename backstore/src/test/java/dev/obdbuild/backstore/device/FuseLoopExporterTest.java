package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.loop.LoopDevice;
import dev.obdbuild.linux.mount.MountPoint;
import dev.obdbuild.linux.mount.MountTable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
      if (thread.getName().matches("fuse-(random|lanes|abort|busy|many)-.*")) {
        found.add(thread.toString());
      }
    }
    return found;
  }
}

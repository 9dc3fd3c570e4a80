package dev.obdbuild.backstore.device;

import dev.obdbuild.linux.uio.UioDevice;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs in the guest of {@link TcmuGuestTest}: few hosts have TCMU. */
final class TcmuConformance extends ExporterConformance {
  private static final Path TARGET = Path.of("/sys/kernel/config/target");

  @TempDir Path folder = Path.of("");
  private TcmuExporter exporter;

  @BeforeEach
  void open() throws IOException {
    exporter = new TcmuExporter(folder);
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
    for (UioDevice device : UioDevice.all()) {
      found.add(device.toString());
    }
    for (Path group : List.of(TARGET.resolve("core"), TARGET.resolve("loopback"))) {
      try (DirectoryStream<Path> objects = Files.newDirectoryStream(group)) {
        for (Path object : objects) {
          if (object.toString().matches(".*(user_|naa).*")) {
            found.add(object.toString());
          }
        }
      }
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().matches("tcmu-[a-z]+-[0-9]+-[0-9]+")) {
        found.add(thread.toString());
      }
    }
    return found;
  }
}

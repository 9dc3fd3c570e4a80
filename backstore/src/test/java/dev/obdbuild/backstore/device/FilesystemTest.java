package dev.obdbuild.backstore.device;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

final class FilesystemTest extends FilesystemConformance {
  private @Nullable FuseLoopExporter opened;

  @Override
  DeviceExporter exporter(Path served) {
    opened = new FuseLoopExporter(served);
    return opened;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }
}

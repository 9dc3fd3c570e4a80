package dev.obdbuild.backstore.device;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.jspecify.annotations.Nullable;

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

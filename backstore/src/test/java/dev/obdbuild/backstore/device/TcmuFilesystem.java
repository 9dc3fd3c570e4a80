package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Runs in the guest of {@link TcmuGuestTest}. */
final class TcmuFilesystem extends FilesystemConformance {
  private @Nullable TcmuExporter opened;

  @Override
  DeviceExporter exporter(Path served) throws IOException {
    opened = new TcmuExporter(served);
    return opened;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }
}

package dev.obdbuild.backstore.device;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

@Tag("slow")
final class FioTest extends FioConformance {
  private @Nullable FuseLoopExporter opened;

  @Override
  DeviceExporter exporter(Path served) {
    opened = new FuseLoopExporter(served);
    return opened;
  }

  @Override
  long written() {
    return 128L << 20;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }
}

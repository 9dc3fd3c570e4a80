package dev.obdbuild.snapshots;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  @Test
  void snapshotsStandOnFormatsDevicesSystemCallsAndImageTypes() {
    Walls.check(
        "dev.obdbuild.snapshots",
        "dev.obdbuild.overlaybd",
        "dev.obdbuild.backstore",
        "dev.obdbuild.linux",
        "dev.obdbuild.oci");
  }
}

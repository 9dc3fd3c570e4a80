package dev.obdbuild.builder;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

  @Test
  void theWallsStand() {
    Walls.check(
        "dev.obdbuild.builder",
        "dev.obdbuild.oci",
        "dev.obdbuild.llb",
        "dev.obdbuild.linux",
        "dev.obdbuild.overlaybd",
        "dev.obdbuild.backstore",
        "dev.obdbuild.snapshots",
        "dev.obdbuild.solver",
        "dev.obdbuild.worker",
        "dev.obdbuild.frontend",
        "dev.obdbuild.pusher",
        "dev.obdbuild.protos");
  }
}

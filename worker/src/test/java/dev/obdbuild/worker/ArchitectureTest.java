package dev.obdbuild.worker;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

  @Test
  void theModuleKeepsToItsWalls() {
    Walls.check(
        "dev.obdbuild.worker",
        "dev.obdbuild.solver",
        "dev.obdbuild.llb",
        "dev.obdbuild.snapshots",
        "dev.obdbuild.oci",
        "dev.obdbuild.linux");
  }
}

package dev.obdbuild.oci;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  @Test
  void theWallsStand() {
    Walls.check("dev.obdbuild.oci");
  }
}

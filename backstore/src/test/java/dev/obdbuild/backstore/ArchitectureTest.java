package dev.obdbuild.backstore;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

  @Test
  void the_walls_stand() {
    Walls.check(
        "dev.obdbuild.backstore",
        "dev.obdbuild.overlaybd",
        "dev.obdbuild.oci",
        "dev.obdbuild.linux");
  }
}

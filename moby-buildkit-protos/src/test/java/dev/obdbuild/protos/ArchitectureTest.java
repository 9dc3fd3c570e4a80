package dev.obdbuild.protos;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

/** Messages know nothing of ours. */
final class ArchitectureTest {

  @Test
  void theWallsStand() {
    Walls.check("dev.obdbuild.protos");
  }
}

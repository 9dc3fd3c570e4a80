package dev.obdbuild.linux;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

  @Test
  void the_walls_stand() {
    Walls.check("dev.obdbuild.linux");
  }
}

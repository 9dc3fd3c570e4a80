package dev.obdbuild.llb;

import dev.obdbuild.testkit.arch.Walls;
import org.junit.jupiter.api.Test;

/** What the graph may know. */
final class ArchitectureTest {

  @Test
  void theWallsStand() {
    Walls.check(
        "dev.obdbuild.llb",
        "dev.obdbuild.oci.image",
        "dev.obdbuild.oci.json",
        "dev.obdbuild.protos");
  }
}

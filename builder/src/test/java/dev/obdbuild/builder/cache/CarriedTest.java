package dev.obdbuild.builder.cache;

import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Tests of what one machine leaves in a cache and another takes from it; new ones for each. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox", "mke2fs"})
abstract class CarriedTest {

  @SuppressWarnings("NullAway.Init") // made before each test
  @TempDir
  Path temp;

  @SuppressWarnings("NullAway.Init") // started before each test
  CarriedFixture it;

  @BeforeEach
  final void start() throws IOException {
    it = CarriedFixture.start(temp);
  }

  @AfterEach
  final void stop() {
    it.close();
  }
}

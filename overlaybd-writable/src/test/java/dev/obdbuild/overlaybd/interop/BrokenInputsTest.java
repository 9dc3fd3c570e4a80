package dev.obdbuild.overlaybd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** All damaged inputs of the manifest. The build runs this with a heap of 64 MB. */
@Tag("small-heap")
@NeedsShared
@NeedsTool({"zstd", "tar"})
class BrokenInputsTest {
  private static final Duration WATCHDOG = Duration.ofSeconds(30);

  @TempDir static Path scratch;

  @Test
  void the_heap_is_small() {
    assertThat(Runtime.getRuntime().maxMemory()).isLessThanOrEqualTo(64L << 20);
  }

  @TestFactory
  Stream<DynamicTest> broken_inputs_are_refused_by_name_or_read_right() {
    BrokenInputs broken = new BrokenInputs(new Fixtures(scratch));
    return broken
        .names()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name, () -> assertTimeoutPreemptively(WATCHDOG, () -> broken.check(name))));
  }
}

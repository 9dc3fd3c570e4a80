package dev.obdbuild.overlaybd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.NeedsTool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Walks the fixtures' manifest. What it does not know, it fails on. */
@NeedsShared
@NeedsTool({"zstd", "tar"})
class ManifestTest {
  private static final Duration WATCHDOG = Duration.ofSeconds(120);

  @TempDir static Path scratch;

  private interface Check {
    void run(Fixture fixture) throws IOException;
  }

  @TestFactory
  Stream<DynamicTest> what_the_original_wrote_is_read_and_written_the_same() {
    Fixtures fixtures = new Fixtures(scratch);
    Map<String, Check> checks = checks(fixtures);
    assertThat(checks.keySet()).containsExactlyInAnyOrderElementsOf(fixtures.all().keySet());
    return fixtures.all().keySet().stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        assertTimeoutPreemptively(
                            WATCHDOG,
                            () -> {
                              Fixture fixture = new Fixture(fixtures, name);
                              Objects.requireNonNull(checks.get(name)).run(fixture);
                              fixture.assertAllWasUsed();
                            })));
  }

  private static Map<String, Check> checks(Fixtures fixtures) {
    Map<String, Check> checks = new HashMap<>();
    checks.put("apply", StackFixtures::apply);
    checks.put("broken", BrokenInputs::knowsAll);
    checks.put("lsmt/basic-log", LsmtFixtures::basicLog);
    checks.put("lsmt/basic-sparse", LsmtFixtures::basicSparse);
    checks.put("lsmt/empty", LsmtFixtures::empty);
    checks.put("lsmt/high-1024g", LsmtFixtures::high);
    checks.put("lsmt/high-256g", LsmtFixtures::high);
    checks.put("lsmt/long", LsmtFixtures::longRuns);
    checks.put("lsmt/many-10k", LsmtFixtures::many);
    checks.put("lsmt/sparse-quirk", LsmtFixtures::sparseQuirk);
    checks.put("lsmt/stack-2", StackFixtures::stack);
    checks.put("lsmt/stack-3", StackFixtures::stack);
    checks.put("lsmt/tags", LsmtFixtures::tags);
    checks.put("lsmt/vsize0", LsmtFixtures::vsize0);
    checks.put("resize", StackFixtures::resize);
    checks.put("trace", ZFileFixtures::trace);
    checks.put("turbooci", f -> StackFixtures.turboOci(f, new Fixture(fixtures, "apply")));
    checks.put("zfile", ZFileFixtures::zfile);
    return checks;
  }
}

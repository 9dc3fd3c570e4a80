package dev.obdbuild.builder.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.command.ObdBuildProcess.Ended;
import dev.obdbuild.builder.command.ObdBuildProcess.Running;
import dev.obdbuild.testkit.Busybox;
import dev.obdbuild.testkit.Fault;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import dev.obdbuild.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds that push, against a registry that can fail. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"crun", "busybox"})
final class PushedBuildTest {

  private static final String FINISHED_UPLOAD = "PUT /v2/app/blobs/uploads";

  @TempDir private Path temp;
  private TestRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = TestRegistry.start();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void aLayerIsUploadedWhileTheNextStepRuns() throws Exception {
    // The second step waits for a file in a cache mount, which appears when the first one's layer
    // is
    // there; without it the step fails.
    String steps =
        """
        RUN ["/bin/busybox", "dd", "if=/dev/urandom", "of=/first", "bs=1M", "count=3"]
        SHELL ["/bin/busybox", "sh", "-c"]
        RUN --mount=type=cache,id=gate,target=/gate for i in $(busybox seq 900); do [ ! -e /gate/open ] || exit 0; busybox sleep 0.1; done; exit 1
        """;
    Running build = start(steps);

    build.awaitPrinted("3/3] RUN");
    assertThat(awaitUpload()).isTrue();
    openGate();

    Ended ended = build.await();
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(registry.manifest("app", "1")).isPresent();
  }

  private void openGate() throws IOException {
    try (Stream<Path> folders = Files.walk(temp.resolve("state/cache/mounts"))) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        Files.createFile(folder.resolve("open"));
      }
    }
  }

  private boolean awaitUpload() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    // The layer with the busybox is the first, that of the first RUN the second.
    while (registry.count(FINISHED_UPLOAD) < 2 && System.nanoTime() < end) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
    return registry.count(FINISHED_UPLOAD) >= 2;
  }

  @Test
  void aRegistryThatRefusesFailsTheBuildAndTheNextPushWorks() throws Exception {
    registry.failNext(1000, "(PUT|POST|PATCH) /v2/app/blobs", Fault.status(403, "DENIED"));

    Ended refused = build("");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("failed to solve").contains("/v2/app/blobs");
    assertThat(registry.manifest("app", "1")).isEmpty();
    registry.heal();
    Ended second = build("");
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.err()).contains("CACHED");
    assertThat(registry.manifest("app", "1")).isPresent();
  }

  private Ended build(String steps) throws Exception {
    return start(steps).await();
  }

  private Running start(String steps) throws IOException {
    Path context =
        Busybox.context(temp, "FROM scratch\nENV PATH=/bin\nCOPY busybox /bin/busybox\n" + steps);
    return new ObdBuildProcess(temp)
        .start(
            "--progress", "plain", "--push", "-t", registry.host() + "/app:1", context.toString());
  }
}

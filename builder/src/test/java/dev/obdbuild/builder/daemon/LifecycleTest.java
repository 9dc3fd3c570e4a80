package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Running;
import dev.obdbuild.testkit.NeedsDevice;
import dev.obdbuild.testkit.NeedsRoot;
import dev.obdbuild.testkit.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that ends, by asking and by force, and starts again. */
@Tag("slow")
@NeedsRoot
@NeedsDevice
@NeedsTool({"buildctl", "buildx", "crun", "busybox", "docker-registry", "skopeo"})
final class LifecycleTest {

  /** What the daemon promises for its end. */
  private static final Duration MOST = Duration.ofSeconds(20);

  @TempDir private Path temp;

  @SuppressWarnings("NullAway.Init") // started before each test
  private DaemonFixture it;

  @BeforeEach
  void start() throws Exception {
    it = DaemonFixture.start(temp);
  }

  @AfterEach
  void stop() throws Exception {
    it.close();
  }

  @Test
  void askedToEndItCancelsItsBuildsAndLeavesNothingMounted() throws Exception {
    Running build = it.startBuild(it.context("FROM BASE\nRUN echo up && sleep 4323\n"));
    build.awaitPrinted("up");
    assertThat(it.daemon().mountsBelow(it.root())).isNotEmpty();

    Thread late = killAfter(MOST);
    int code = it.daemon().end();
    late.interrupt();

    assertThat(code).as(it.daemon().log()).isEqualTo(DaemonProcess.TERMINATED);
    assertThat(it.daemon().mountsBelow(it.root())).isEmpty();
    build.await().failure();
    assertThat(Path.of(it.address().substring("unix://".length()))).doesNotExist();
  }

  /** A daemon that needs longer ends with SIGKILL, and the test fails by its exit code. */
  private Thread killAfter(Duration time) {
    ProcessHandle jvm = it.daemon().jvm();
    return Thread.startVirtualThread(
        () -> {
          try {
            Thread.sleep(time);
            jvm.destroyForcibly();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @Test
  void killedItKeepsItsCacheAndCompletesTheRecordOfTheBuild() throws Exception {
    Path done = it.context("FROM BASE\nRUN echo before > /f && echo carried out\n");
    it.build(done).ok();
    Path ref = temp.resolve("killed.ref");
    Running build =
        it.startBuild(it.context("FROM BASE\nRUN echo up && sleep 4324\n"), "--ref-file=" + ref);
    build.awaitPrinted("up");

    it.daemon().kill();
    build.await().failure();
    it.startAgain();

    assertThat(it.build(done).ok().err()).doesNotContainPattern("[0-9] carried out");
    String killed =
        it.buildctl("debug", "histories", "--format={{json .}}")
            .ok()
            .out()
            .lines()
            .filter(line -> line.contains("sleep") || line.contains("\"error\""))
            .findFirst()
            .orElseThrow();
    assertThat(killed).contains("CompletedAt").contains("the process that ran it died");
  }

  @Test
  void whatStandsWhereItsSocketShallBeIsNotOverwritten() throws Exception {
    DaemonProcess second =
        DaemonProcess.start(
            Files.createDirectories(temp.resolve("second")),
            List.of("--root", temp.resolve("other").toString(), "--addr", it.address()));

    assertThat(second.awaitEnd()).isNotZero();
    assertThat(second.log()).contains("another daemon listens on");
    it.buildctl("debug", "workers").ok();
  }
}

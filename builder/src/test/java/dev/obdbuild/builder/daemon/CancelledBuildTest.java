package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.obdbuild.builder.daemon.Client.Running;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Clients that go away. */
final class CancelledBuildTest extends DaemonTest {

  @Test
  void aKilledClientEndsItsStepsAndNoOtherBuild() throws Exception {
    Running killed = it.startBuild(it.context("FROM BASE\nRUN echo up1 && sleep 4321\n"));
    Running other =
        it.startBuild(
            it.context(
                "FROM BASE\nRUN --mount=type=cache,id=gate,target=/gate echo up2 && for i in $(seq 600); do [ -e"
                    + " /gate/open ] && exit 0; sleep 0.1; done; exit 1\n"));
    killed.awaitPrinted("up1");
    other.awaitPrinted("up2");

    killed.process().destroyForcibly();

    awaitNoProcess("4321");
    it.build(
            it.context("FROM BASE\nRUN --mount=type=cache,id=gate,target=/gate touch /gate/open\n"))
        .ok();
    other.await().ok();
    assertThat(it.buildctl("debug", "workers").ok().code()).isZero();
  }

  @Test
  void anInterruptedClientSaysSoAndItsStepEnds() throws Exception {
    Running build =
        it.startBuildx("build", it.context("FROM BASE\nRUN echo up3 && sleep 4322\n").toString());
    build.awaitPrinted("up3");

    it.client().run("kill", "-INT", Long.toString(build.process().pid())).ok();

    assertThat(build.await().failure()).containsIgnoringCase("cancel");
    awaitNoProcess("4322");
  }

  @Test
  void aStepThatTwoBuildsShareGoesOnForTheOther() throws Exception {
    String step =
        "FROM BASE\nRUN --mount=type=cache,id=shared,target=/gate echo up4 && for i in $(seq 600); do [ -e"
            + " /gate/open ] && echo shared step ends && exit 0; sleep 0.1; done; exit 1\n";
    Running first = it.startBuild(it.context(step));
    first.awaitPrinted("up4");
    Running second = it.startBuild(it.context(step));
    second.awaitPrinted("up4");

    first.process().destroyForcibly();
    first.process().waitFor();

    it.build(
            it.context(
                "FROM BASE\nRUN --mount=type=cache,id=shared,target=/gate touch /gate/open\n"))
        .ok();
    assertThat(second.await().ok().err()).contains("shared step ends");
  }

  /** Steps sleep for a number of seconds by which they are found among the host's processes. */
  static void awaitNoProcess(String seconds) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (ProcessHandle.allProcesses()
        .anyMatch(p -> p.info().commandLine().orElse("").contains("sleep " + seconds))) {
      if (System.nanoTime() > end) {
        throw new IOException("sleep " + seconds + " still runs");
      }
      Thread.sleep(50);
    }
  }
}

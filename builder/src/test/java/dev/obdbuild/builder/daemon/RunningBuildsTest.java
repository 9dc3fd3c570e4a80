package dev.obdbuild.builder.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class RunningBuildsTest {

  @Test
  void noMoreBuildsThanAllowedAreTaken() {
    RunningBuilds builds = new RunningBuilds(2);
    var first = builds.coming("a");
    var second = builds.coming("b");

    assertThatThrownBy(() -> builds.coming("c"))
        .hasMessage("RESOURCE_EXHAUSTED: there are 2 builds under way, no more are taken");

    first.close();
    builds.coming("c").close();
    second.close();
  }

  @Test
  void whoAsksForPastBuildsWaitsForThoseWhoseClientsHaveHeard() throws Exception {
    RunningBuilds builds = new RunningBuilds(2);
    RunningBuilds.Coming running = builds.coming("a");
    builds.settle();
    running.answered();
    AtomicBoolean written = new AtomicBoolean();
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  written.set(true);
                  running.close();
                });

    builds.settle();

    assertThat(written).isTrue();
    writer.join();
  }

  @Test
  void aBuildThatDoesNotComeIsNotWaitedForTooLong() {
    RunningBuilds builds = new RunningBuilds(1);

    assertThatThrownBy(() -> builds.await("nobody's", Duration.ofMillis(1)))
        .isInstanceOf(NoSuchBuildException.class)
        .hasMessageContaining("nobody's");
  }

  @Test
  void aBuildThatIsOverIsNotWaitedFor() throws Exception {
    RunningBuilds builds = new RunningBuilds(2);
    builds.coming("a").close();

    assertThat(builds.await("a", Duration.ofSeconds(10))).isEmpty();
    for (int i = 0; i < RunningBuilds.REMEMBERED; i++) {
      builds.coming("later " + i).close();
    }
    assertThatThrownBy(() -> builds.await("a", Duration.ofMillis(1)))
        .as("long ago")
        .isInstanceOf(NoSuchBuildException.class);
  }
}

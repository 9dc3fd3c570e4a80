package dev.obdbuild.builder.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class DelayedRunTest {

  @Test
  void whatIsAskedForManyTimesBeforeARunIsOneRun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch ran = new CountDownLatch(1);
    try (DelayedRun run =
        DelayedRun.afterQuiet(
            "quiet",
            Duration.ofMillis(300),
            () -> {
              runs.incrementAndGet();
              ran.countDown();
            })) {
      for (int i = 0; i < 1000; i++) {
        run.request();
      }
      assertThat(ran.await(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void closingWaitsForNoRunThatHasNotBegun() {
    AtomicInteger runs = new AtomicInteger();
    try (DelayedRun run =
        DelayedRun.afterQuiet("quiet", Duration.ofDays(1), runs::incrementAndGet)) {
      run.request();
    }
    assertThat(runs).hasValue(0);
  }
}

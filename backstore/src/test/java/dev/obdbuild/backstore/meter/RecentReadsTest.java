package dev.obdbuild.backstore.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RecentReadsTest {
  private final AtomicLong now = new AtomicLong(TimeUnit.HOURS.toNanos(3));
  private final RecentReads reads = new RecentReads(now::get);

  private void pass(long seconds) {
    now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void aMinutesReadsMakeItsMeans() {
    reads.add(6000, 5_000);
    reads.add(6000, 9_000);
    pass(30);
    reads.add(600, 1_000);
    pass(1);
    assertThat(reads.bytesPerSecond()).isEqualTo(210);
    assertThat(reads.readsPerSecond()).isEqualTo(0.05);
    assertThat(reads.longestMicros()).isEqualTo(9);
  }

  @Test
  void whatIsOlderThanAMinuteCountsInTheTotalAlone() {
    reads.add(6000, 9_000);
    pass(61);
    reads.add(600, 1_000);
    pass(1);
    assertThat(reads.bytesPerSecond()).isEqualTo(10);
    assertThat(reads.longestMicros()).isEqualTo(1);
    assertThat(reads.totalBytes()).isEqualTo(6600);
    pass(300);
    assertThat(reads.bytesPerSecond()).isZero();
  }
}

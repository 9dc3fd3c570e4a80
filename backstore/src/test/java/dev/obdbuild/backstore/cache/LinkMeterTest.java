package dev.obdbuild.backstore.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinkMeterTest {

  private static final long MS = 1_000_000;

  /** Answers one after the other over a link, so many at a time. */
  private static LinkMeter fed(long latencyMs, double bytesPerMs, int bytes, int atATime) {
    LinkMeter meter = new LinkMeter();
    long now = 0;
    for (int i = 0; i < 50; i++) {
      LinkMeter.Start[] starts = new LinkMeter.Start[atATime];
      for (int k = 0; k < atATime; k++) {
        starts[k] = meter.start(now);
      }
      now += latencyMs * MS;
      for (int k = 0; k < atATime; k++) {
        now += (long) (bytes / bytesPerMs * MS);
        meter.end(starts[k], now, bytes);
      }
    }
    return meter;
  }

  @Test
  void before_anything_is_known_the_window_is_small() {
    assertThat(new LinkMeter().window()).isEqualTo(LinkMeter.MIN_WINDOW);
  }

  @Test
  void a_long_fat_link_gets_a_window_that_fills_it() {
    // 50 ms and 25 MB/s hold 1.25 MB.
    LinkMeter meter = fed(50, 25_000, 1 << 20, 8);
    assertThat(meter.window()).isBetween(2_500_000, 16 << 20);
  }

  @Test
  void a_short_link_keeps_the_least_window() {
    assertThat(fed(1, 25_000, 64 << 10, 1).window()).isEqualTo(LinkMeter.MIN_WINDOW);
  }

  @Test
  void no_window_is_larger_than_the_bound() {
    assertThat(fed(500, 100_000, 1 << 20, 8).window()).isEqualTo(LinkMeter.MAX_WINDOW);
  }
}

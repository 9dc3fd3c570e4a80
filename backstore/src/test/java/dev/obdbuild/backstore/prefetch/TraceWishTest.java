package dev.obdbuild.backstore.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TraceWishTest {
  private final TraceWish wish = new TraceWish(1);
  private final TraceRecorder mine = new TraceRecorder();
  private final TraceRecorder other = new TraceRecorder();

  @Test
  void oneRecordsAloneUntilItIsForgotten() {
    assertThat(wish.recordAllAlone(mine)).isTrue();
    assertThat(wish.recordAllAlone(other)).isFalse();
    assertThat(wish.takeRecorder()).containsSame(mine);
    assertThat(wish.takeRecorder()).containsSame(mine);
    wish.forget(other);
    assertThat(wish.takeRecorder()).containsSame(mine);
    wish.forget(mine);
    assertThat(wish.takeRecorder()).isEmpty();
    assertThat(wish.recordAllAlone(other)).isTrue();
  }

  @Test
  void aWishForOneDeviceIsFulfilledOnce() {
    wish.record(mine);
    assertThat(wish.takeRecorder()).containsSame(mine);
    assertThat(wish.takeRecorder()).isEmpty();
  }
}

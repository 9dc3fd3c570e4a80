package dev.obdbuild.backstore.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class FailureLogTest {
  private final AtomicLong now = new AtomicLong(-7);
  private final List<String> lines = new ArrayList<>();
  private final FailureLog log = new FailureLog("app", lines::add, now::get);

  private void fail(String why) {
    log.told("read", 8192, 4096, new IOException(why));
  }

  @Test
  void aCauseIsToldOnceAMinuteHoweverOftenTheKernelAsks() {
    for (int i = 0; i < 50; i++) {
      fail("gone");
    }
    assertThat(lines).containsExactly("app: read of 4096 bytes at 8192 failed: gone");
  }

  @Test
  void whatComesBackLaterIsToldAgainWithWhatWasLeftOut() {
    fail("gone");
    fail("gone");
    fail("gone");
    now.addAndGet(FailureLog.WINDOW.toNanos());
    fail("gone");
    assertThat(lines)
        .containsExactly(
            "app: read of 4096 bytes at 8192 failed: gone",
            "app: 2 more requests failed, for the reasons before or others",
            "app: read of 4096 bytes at 8192 failed: gone");
  }

  @Test
  void manyCausesAreCutOffForAMinuteAndNotForEver() {
    for (int i = 0; i < FailureLog.MAX_LINES + 5; i++) {
      fail("block " + i);
    }
    assertThat(lines).hasSize(FailureLog.MAX_LINES);
    now.addAndGet(FailureLog.WINDOW.toNanos());
    fail("block x");
    assertThat(lines).hasSize(FailureLog.MAX_LINES + 2);
    assertThat(lines.getLast()).endsWith("failed: block x");
  }
}

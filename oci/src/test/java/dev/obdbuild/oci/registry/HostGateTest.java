package dev.obdbuild.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class HostGateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final URI ASKED = URI.create("http://r.example/v2/");

  private final AtomicLong now = new AtomicLong(5);
  private final HostGate gate = new HostGate("r.example", 0, now::get);

  private void fail(int times) throws IOException {
    for (int i = 0; i < times; i++) {
      gate.enter(PATIENCE);
      gate.failed(new ConnectException("refused"), ASKED);
    }
  }

  private void assertClosed() {
    assertThatThrownBy(() -> gate.enter(PATIENCE))
        .isInstanceOf(HostGate.ClosedException.class)
        .hasMessageContaining("r.example is left alone")
        .hasMessageEndingWith(", the last one: cannot connect to r.example");
  }

  @Test
  void aHostThatIsNotThereIsLeftAloneForAWhile() throws Exception {
    fail(HostGate.FAILURES);
    assertClosed();
    now.addAndGet(HostGate.FIRST.toNanos() - 1);
    assertClosed();
  }

  @Test
  void anAnswerInBetweenKeepsTheGateOpen() throws Exception {
    fail(HostGate.FAILURES - 1);
    gate.enter(PATIENCE);
    gate.answered();
    fail(HostGate.FAILURES - 1);
    gate.enter(PATIENCE);
    gate.answered();
  }

  @Test
  void afterTheWhileOneIsLetThroughAndItsFateDecides() throws Exception {
    fail(HostGate.FAILURES);
    now.addAndGet(HostGate.FIRST.toNanos());
    gate.enter(PATIENCE);
    assertClosed();
    gate.failed(new ConnectException("refused"), ASKED);
    now.addAndGet(HostGate.FIRST.toNanos());
    assertClosed();
    now.addAndGet(HostGate.FIRST.toNanos());
    gate.enter(PATIENCE);
    gate.answered();
    gate.enter(PATIENCE);
    gate.answered();
  }

  @Test
  void theWhileHasABound() throws Exception {
    fail(HostGate.FAILURES);
    for (int i = 0; i < 20; i++) {
      now.addAndGet(HostGate.LONGEST.toNanos());
      fail(1);
    }
    now.addAndGet(HostGate.LONGEST.toNanos());
    gate.enter(PATIENCE);
    gate.answered();
  }

  @Test
  void aProbeThatIsBrokenOffLetsAnotherThrough() throws Exception {
    fail(HostGate.FAILURES);
    now.addAndGet(HostGate.FIRST.toNanos());
    gate.enter(PATIENCE);
    gate.failed(Retry.interrupted(), ASKED);
    gate.enter(PATIENCE);
    gate.answered();
  }

  @Test
  void aStumbleIsNoSilence() throws Exception {
    for (int i = 0; i < 3 * HostGate.FAILURES; i++) {
      gate.enter(PATIENCE);
      gate.failed(new IOException("connection reset"), ASKED);
    }
    gate.enter(PATIENCE);
    gate.answered();
  }

  @Test
  void requestsKeepToTheirNumberASecond() throws Exception {
    HostGate paced = new HostGate("r.example", 100, System::nanoTime);
    long start = System.nanoTime();
    for (int i = 0; i < 50; i++) {
      paced.enter(PATIENCE);
      paced.answered();
    }
    // A burst of a fifth of a second is free.
    assertThat(System.nanoTime() - start).isGreaterThan(250_000_000L);
  }

  @Test
  void aTurnThatWouldComeTooLateIsRefused() throws Exception {
    HostGate paced = new HostGate("r.example", 1, now::get);
    paced.enter(Duration.ZERO);
    paced.answered();
    assertThatThrownBy(() -> paced.enter(Duration.ofMillis(100)))
        .hasMessageContaining("no turn within");
  }
}

package dev.obdbuild.builder.session;

import dev.obdbuild.protos.health.HealthCheckRequest;
import dev.obdbuild.protos.health.HealthGrpc;
import dev.obdbuild.solver.Cancellation;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks a client every five seconds whether it is there. A client that does not answer twice in a
 * row is gone, even though its connection may still stand.
 */
final class HealthCheck implements Runnable {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(15);
  private static final int MISSES = 2;

  private final Channel channel;
  private final Optional<Duration> timeout;
  private final Cancellation ended;
  private final Runnable giveUp;

  /**
   * @param timeout of one check; where empty it follows how long the last one took
   */
  HealthCheck(Channel channel, Optional<Duration> timeout, Cancellation ended, Runnable giveUp) {
    this.channel = channel;
    this.timeout = timeout;
    this.ended = ended;
    this.giveUp = giveUp;
  }

  @Override
  public void run() {
    CountDownLatch over = new CountDownLatch(1);
    try (Cancellation.Registration unused = ended.onCancel(over::countDown)) {
      int missed = 0;
      Duration last = Duration.ZERO;
      while (missed < MISSES && !over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        long begun = System.nanoTime();
        missed = answers(timeout.orElse(longest(last))) ? 0 : missed + 1;
        last = Duration.ofNanos(System.nanoTime() - begun);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    giveUp.run();
  }

  private static Duration longest(Duration last) {
    Duration grown = last.multipliedBy(3).dividedBy(2);
    return grown.compareTo(SHORTEST_TIMEOUT) > 0 ? grown : SHORTEST_TIMEOUT;
  }

  private boolean answers(Duration patience) {
    try {
      HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
          .check(HealthCheckRequest.getDefaultInstance());
      return true;
    } catch (StatusRuntimeException e) {
      // Only that there was no good answer counts; the second one in a row ends the session.
      return false;
    }
  }
}

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
 * Asks a client time and again whether it is there. A client that misses too many checks in a row
 * is gone, even though its connection may still stand.
 */
final class HealthCheck implements Runnable {
  private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(15);

  private final Channel channel;
  private final Pace pace;
  private final Cancellation ended;
  private final Runnable giveUp;

  /**
   * How a client is watched.
   *
   * @param pause between two checks
   * @param timeout of one check; where empty it follows how long the last one took
   * @param misses in a row after which the client is gone
   */
  record Pace(Duration pause, Optional<Duration> timeout, int misses) {

    private static final Pace USUAL = new Pace(Duration.ofSeconds(5), Optional.empty(), 2);

    /** The usual one, or a stricter one for a client that says how soon it answers. */
    static Pace of(Optional<Duration> promised) {
      return promised.map(time -> new Pace(time, promised, 1)).orElse(USUAL);
    }
  }

  HealthCheck(Channel channel, Pace pace, Cancellation ended, Runnable giveUp) {
    this.channel = channel;
    this.pace = pace;
    this.ended = ended;
    this.giveUp = giveUp;
  }

  @Override
  public void run() {
    CountDownLatch over = new CountDownLatch(1);
    try (Cancellation.Registration unused = ended.onCancel(over::countDown)) {
      int missed = 0;
      Duration last = Duration.ZERO;
      while (missed < pace.misses()
          && !over.await(pace.pause().toMillis(), TimeUnit.MILLISECONDS)) {
        long begun = System.nanoTime();
        missed = answers(pace.timeout().orElse(longest(last))) ? 0 : missed + 1;
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

package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLHandshakeException;

/** The patience left for one operation. Not thread-safe. */
final class Retry {
  /** An operation that gets on a little before each failure is given up after so many of them. */
  private static final int MAX_FRESH_STARTS = 50;

  private final RetryPolicy policy;
  private final OptionalLong deadline;
  private long firstFailure;
  private int failures;
  private int freshStarts;

  Retry(RetryPolicy policy) {
    this.policy = policy;
    this.deadline = OptionalLong.empty();
  }

  /** No attempt starts after {@code deadline}, a time of {@link System#nanoTime}. */
  Retry(RetryPolicy policy, long deadline) {
    this.policy = policy;
    this.deadline = OptionalLong.of(deadline);
  }

  /** Waits before the next attempt, or throws {@code failure} when there is to be none. */
  void after(IOException failure) throws IOException {
    if (failures == 0) {
      firstFailure = System.nanoTime();
    }
    // A ranged read is somebody's device: it sits out a registry that is started anew.
    failures += deadline.isEmpty() && isRefused(failure) ? 2 : 1;
    if (!isTransient(failure) || failures >= policy.attempts()) {
      throw failure;
    }
    Duration delay = asked(failure).orElseGet(this::backOff);
    delay = delay.compareTo(policy.maxDelay()) > 0 ? policy.maxDelay() : delay;
    long next = System.nanoTime() + delay.toNanos();
    if (next - firstFailure > policy.total().toNanos()
        || (deadline.isPresent() && next - deadline.getAsLong() > 0)) {
      throw failure;
    }
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  /** Forgets earlier failures: the last attempt got on. */
  void progressed() {
    if (failures > 0 && ++freshStarts <= MAX_FRESH_STARTS) {
      failures = 0;
    }
  }

  private static Optional<Duration> asked(IOException failure) {
    return failure instanceof RegistryException.Unavailable u ? u.retryAfter() : Optional.empty();
  }

  private Duration backOff() {
    long nanos = Math.min(policy.firstDelay().toNanos(), policy.maxDelay().toNanos());
    for (int i = 1; i < failures && nanos < policy.maxDelay().toNanos(); i++) {
      nanos *= 2;
    }
    return Duration.ofNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
  }

  /** Nobody listens there: less likely to change soon than a registry that stumbles. */
  private static boolean isRefused(IOException failure) {
    return failure.getCause() instanceof ConnectException;
  }

  private static boolean isTransient(IOException failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof SSLHandshakeException) {
        return false;
      }
    }
    return failure instanceof RegistryException.Unavailable
        || !(failure instanceof RegistryException) && !(failure instanceof InterruptedIOException);
  }

  static InterruptedIOException interrupted() {
    return new InterruptedIOException("interrupted while waiting for a registry");
  }
}

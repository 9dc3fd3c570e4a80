package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLHandshakeException;

/** The patience left for one operation. Not thread-safe. */
final class Retry {
  private final RetryPolicy policy;
  private final long started = System.nanoTime();
  private int failures;

  Retry(RetryPolicy policy) {
    this.policy = policy;
  }

  /** Waits before the next attempt, or throws {@code failure} when there is to be none. */
  void after(IOException failure, Optional<Duration> asked) throws IOException {
    failures += isRefused(failure) ? 2 : 1;
    if (!isTransient(failure) || failures >= policy.attempts()) {
      throw failure;
    }
    Duration delay = asked.orElseGet(this::backOff);
    delay = delay.compareTo(policy.maxDelay()) > 0 ? policy.maxDelay() : delay;
    if (System.nanoTime() - started + delay.toNanos() > policy.total().toNanos()) {
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
    failures = 0;
  }

  private Duration backOff() {
    long nanos = policy.firstDelay().toNanos() << Math.min(failures - 1, 20);
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

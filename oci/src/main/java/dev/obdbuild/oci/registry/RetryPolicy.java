package dev.obdbuild.oci.registry;

import java.time.Duration;

/**
 * How often and how patiently a failed request is repeated.
 *
 * @param attempts at most, the first one included
 * @param firstDelay doubled after each attempt, with jitter
 * @param maxDelay no single wait is longer, not even when the registry asks for more
 * @param total no attempt starts later than this after the first one failed
 */
public record RetryPolicy(int attempts, Duration firstDelay, Duration maxDelay, Duration total) {
  /** Six attempts within two minutes. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(6, Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofMinutes(2));
}

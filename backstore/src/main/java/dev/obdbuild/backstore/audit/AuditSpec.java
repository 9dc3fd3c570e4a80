package dev.obdbuild.backstore.audit;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Which reads are written down, and where.
 *
 * @param file on no device of this process
 * @param slowerThan reads that take at least so long
 */
public record AuditSpec(Path file, Duration slowerThan) {
  /** What the original takes for slow. */
  public static final Duration SLOW = Duration.ofMillis(10);
}

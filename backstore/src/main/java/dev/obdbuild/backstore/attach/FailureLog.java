package dev.obdbuild.backstore.attach;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Failed requests of one device in the log: each cause once a minute, since the kernel asks again
 * and again, and at most so many causes a minute. What was left out is counted in the next line
 * that is written after that minute. Thread-safe.
 */
final class FailureLog {
  /** Lines of one minute at most. */
  static final int MAX_LINES = 100;

  static final Duration WINDOW = Duration.ofMinutes(1);

  private final String device;
  private final AttachLog log;
  private final LongSupplier nanoTime;
  private final Set<String> told = new HashSet<>();
  private long windowBegan;
  private long leftOut;

  FailureLog(String device, AttachLog log) {
    this(device, log, System::nanoTime);
  }

  FailureLog(String device, AttachLog log, LongSupplier nanoTime) {
    this.device = device;
    this.log = log;
    this.nanoTime = nanoTime;
    this.windowBegan = nanoTime.getAsLong();
  }

  /** A request failed. */
  void told(String what, long offset, long length, Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    long before;
    synchronized (told) {
      long now = nanoTime.getAsLong();
      before = 0;
      if (now - windowBegan >= WINDOW.toNanos()) {
        before = leftOut;
        leftOut = 0;
        told.clear();
        windowBegan = now;
      }
      if (told.size() >= MAX_LINES || !told.add(what + " " + reason)) {
        leftOut++;
        return;
      }
    }
    if (before > 0) {
      log.line(device + ": " + before + " more requests failed, for the reasons before or others");
    }
    log.line("%s: %s of %d bytes at %d failed: %s".formatted(device, what, length, offset, reason));
  }
}

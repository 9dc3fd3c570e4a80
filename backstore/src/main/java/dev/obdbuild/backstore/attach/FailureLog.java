package dev.obdbuild.backstore.attach;

import java.util.HashSet;
import java.util.Set;

/**
 * Failed requests of one device in the log: each cause once, since the kernel asks again and again.
 * Thread-safe.
 */
final class FailureLog {
  private static final int MAX_CAUSES = 1000;

  private final String device;
  private final AttachLog log;
  private final Set<String> told = new HashSet<>();

  FailureLog(String device, AttachLog log) {
    this.device = device;
    this.log = log;
  }

  /** A request failed. */
  void told(String what, long offset, long length, Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    synchronized (told) {
      if (told.size() >= MAX_CAUSES || !told.add(what + " " + reason)) {
        return;
      }
    }
    log.line("%s: %s of %d bytes at %d failed: %s".formatted(device, what, length, offset, reason));
  }
}

package dev.obdbuild.oci.registry;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What all requests to one host pass. It paces them, and it fails them at once for a while after
 * several in a row got no answer at all; then one is let through, and its fate decides.
 * Thread-safe.
 */
final class HostGate {

  /** So many in a row without an answer close the gate. */
  static final int FAILURES = 5;

  /** How long the gate stays closed at first; doubled each time up to {@link #LONGEST}. */
  static final Duration FIRST = Duration.ofSeconds(2);

  static final Duration LONGEST = Duration.ofSeconds(30);

  /** Requests may come in bursts as long as their mean over this is right. */
  private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final String host;
  private final int maxQps;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition turn = lock.newCondition();
  private long nextTurn;
  private boolean paced;
  private int failures;
  private String lastFailure = "";
  private long closedUntil;
  private long closedFor;
  private boolean closed;
  private boolean probing;

  /**
   * @param maxQps requests a second; 0 for any number
   */
  HostGate(String host, int maxQps, LongSupplier nanoTime) {
    this.host = host;
    this.maxQps = maxQps;
    this.nanoTime = nanoTime;
  }

  /** A host that has been asked in vain a moment ago and is not asked now. */
  static final class ClosedException extends ConnectException {
    private static final long serialVersionUID = 1;

    ClosedException(String message) {
      super(message);
    }
  }

  /** Too many requests wait for their turn: the host itself was not asked. */
  static final class NoTurnException extends HttpTimeoutException {
    private static final long serialVersionUID = 1;

    NoTurnException(String message) {
      super(message);
    }
  }

  /** The host, with its port where that is named. */
  String host() {
    return host;
  }

  /**
   * Waits for a turn. Every call that returns is followed by one of {@link #answered}, {@link
   * #failed}.
   *
   * @param patience how long a turn may take to come
   * @throws ClosedException at once, while the host is left alone
   * @throws NoTurnException at once, if it would take longer
   */
  void enter(Duration patience) throws IOException {
    lock.lock();
    try {
      admit();
      await(patience);
    } finally {
      lock.unlock();
    }
  }

  private void admit() throws ClosedException {
    if (!closed) {
      return;
    }
    long left = closedUntil - nanoTime.getAsLong();
    if (left > 0 || probing) {
      throw new ClosedException(
          String.format(
              Locale.ROOT,
              "%s is left alone for %.1f s: %d requests in a row got no answer, the last one: %s",
              host,
              Math.max(left, 0) / 1e9,
              failures,
              lastFailure));
    }
    probing = true;
  }

  private void await(Duration patience) throws IOException {
    if (maxQps == 0) {
      return;
    }
    long now = nanoTime.getAsLong();
    long earliest = now - BURST_NANOS;
    long mine = paced && nextTurn - earliest > 0 ? nextTurn : earliest;
    if (mine - now > patience.toNanos()) {
      probing = false;
      throw new NoTurnException(
          host + ": no turn within " + patience.toSeconds() + " s at " + maxQps + " requests/s");
    }
    paced = true;
    nextTurn = mine + TimeUnit.SECONDS.toNanos(1) / maxQps;
    try {
      for (long left = mine - now; left > 0; left = mine - nanoTime.getAsLong()) {
        left = turn.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      probing = false;
      Thread.currentThread().interrupt();
      throw Retry.interrupted();
    }
  }

  /** Whether the host is left alone, or only one request is tried. */
  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** The host has answered, whatever it said. */
  void answered() {
    lock.lock();
    try {
      failures = 0;
      closed = false;
      probing = false;
      closedFor = 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A request came to no answer.
   *
   * @param uri what was asked for
   */
  void failed(IOException failure, URI uri) {
    lock.lock();
    try {
      boolean probe = probing;
      probing = false;
      if (!isSilence(failure)) {
        return;
      }
      failures++;
      lastFailure = Failures.reason(failure, uri);
      if (failures >= FAILURES && (probe || !closed)) {
        closed = true;
        closedFor = closedFor == 0 ? FIRST.toNanos() : Math.min(closedFor * 2, LONGEST.toNanos());
        closedUntil = nanoTime.getAsLong() + closedFor;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether nobody was there, rather than somebody who stumbled. */
  private static boolean isSilence(IOException failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ConnectException
          || at instanceof HttpTimeoutException
          || at instanceof UnknownHostException
          || at instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }
}

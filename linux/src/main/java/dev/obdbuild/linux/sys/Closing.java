package dev.obdbuild.linux.sys;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Things to close, or steps to take back, the last first. What fails does not keep the others from
 * being closed. Not thread-safe.
 */
public final class Closing implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Takes {@code part} over; what is added last is closed first. */
  public <T extends AutoCloseable> T add(T part) {
    open.push(part);
    return part;
  }

  /** Gives {@code part} back: whoever asks for that closes it. */
  public void remove(AutoCloseable part) {
    open.remove(part);
  }

  /** Closes everything because of {@code reason}, to which what goes wrong is added. */
  public void closeAfter(Throwable reason) {
    try {
      close();
    } catch (IOException e) {
      if (e != reason) { // a failure that sticks
        reason.addSuppressed(e);
      }
    }
  }

  /**
   * Closes and forgets everything.
   *
   * @throws IOException the first that went wrong, or one around it; the later ones are suppressed
   *     in it
   */
  @Override
  public void close() throws IOException {
    IOException first = null;
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        IOException told = e instanceof IOException io ? io : new IOException("closing: " + e, e);
        if (first == null) {
          first = told;
        } else if (first != told) {
          first.addSuppressed(told);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}

package dev.obdbuild.backstore.attach;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened on the way to a device, to be closed the other way round. Not thread-safe. */
final class OpenParts implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Takes over {@code part}. */
  <T extends AutoCloseable> T add(T part) {
    open.push(part);
    return part;
  }

  /** Closes everything because of {@code reason}, to which what goes wrong is added. */
  void closeAfter(Throwable reason) {
    try {
      close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** Closes everything, and then tells the first thing that went wrong. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        IOException told = e instanceof IOException io ? io : new IOException(e.toString(), e);
        if (failure == null) {
          failure = told;
        } else {
          failure.addSuppressed(told);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

package dev.obdbuild.builder;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Things to close, last first. Not thread-safe. */
public final class Closing implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Takes a resource over; those added last are closed first. */
  public <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  /** Closes everything because of a failure, which gets what goes wrong meanwhile as suppressed. */
  public void closeAfter(Exception failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Closes everything, even if some of it fails. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        IOException io =
            e instanceof IOException known ? known : new IOException("closing failed: " + e, e);
        if (failure == null) {
          failure = io;
        } else {
          failure.addSuppressed(io);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

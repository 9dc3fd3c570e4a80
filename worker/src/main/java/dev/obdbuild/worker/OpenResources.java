package dev.obdbuild.worker;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What an operation has to let go of at its end, the last first. For one thread. */
final class OpenResources implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  void push(AutoCloseable thing) {
    open.push(thing);
  }

  /** Takes one out; whoever does closes it. */
  void remove(AutoCloseable thing) {
    open.remove(thing);
  }

  /** Closes all, although some fail; the first failure carries the others. */
  @Override
  public void close() throws IOException {
    IOException first = null;
    while (!open.isEmpty()) {
      first = close(open.pop(), first);
    }
    if (first != null) {
      throw first;
    }
  }

  private static @Nullable IOException close(AutoCloseable thing, @Nullable IOException first) {
    try {
      thing.close();
      return first;
    } catch (Exception e) {
      IOException failed =
          e instanceof IOException io ? io : new IOException("letting go of " + thing, e);
      if (first == null) {
        return failed;
      }
      first.addSuppressed(failed);
      return first;
    }
  }
}

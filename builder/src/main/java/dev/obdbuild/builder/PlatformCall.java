package dev.obdbuild.builder;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work on a platform thread of its own, because it touches a mount that this process serves. */
final class PlatformCall<T> {

  private final FutureTask<T> task;

  PlatformCall(String name, Callable<T> work) {
    task = new FutureTask<>(work);
    Thread.ofPlatform().name(name).daemon(true).start(task);
  }

  /** Waits for the work; what it threw comes as it was. */
  T join() throws IOException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IOException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}

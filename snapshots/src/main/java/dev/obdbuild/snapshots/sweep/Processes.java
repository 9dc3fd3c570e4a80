package dev.obdbuild.snapshots.sweep;

import dev.obdbuild.linux.process.ProcessIdentity;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ending of processes that a dead owner left behind. */
final class Processes {
  private static final long WAIT_MILLIS = 2000;

  private Processes() {}

  /**
   * Kills the process and waits shortly until it is gone; nothing happens when it is another one by
   * now.
   */
  static void kill(ProcessIdentity process) throws IOException {
    if (!process.alive()) {
      return;
    }
    ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
    while (process.alive() && System.nanoTime() < deadline) {
      pause();
    }
  }

  /**
   * Runs a command without input and output and waits for it. The exit code is the caller's to
   * judge.
   */
  static int run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("no end of " + String.join(" ", command) + " after 30 s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + command.getFirst(), e);
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a process was being killed", e);
    }
  }
}

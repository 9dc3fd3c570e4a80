package dev.obdbuild.snapshots.fs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of the host that makes, grows or checks filesystems.
 *
 * @param contents the package it comes in, for the message when it is missing
 */
record Tool(String contents) {
  private static final long LIMIT_SECONDS = 600;
  private static final int MAX_OUTPUT = 1 << 20;

  /** How a run ended. */
  record Ended(int code, String output) {}

  /**
   * Runs it to its end.
   *
   * @throws IOException when it cannot be run or takes more than ten minutes; not for its exit code
   */
  Ended run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // The time of the first second of 1970: what is made is the same every time.
    builder.environment().put("E2FSPROGS_FAKE_TIME", "1");
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException(
          command.getFirst() + " cannot be run: is " + contents + " installed?", e);
    }
    try {
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command.getFirst() + " did not end within " + LIMIT_SECONDS + " s");
      }
      return new Ended(process.exitValue(), output.strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.getFirst() + " ran", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs it and yields what it printed; another exit code than 0 is a failure. */
  String must(List<String> command) throws IOException {
    Ended ended = run(command);
    if (ended.code() != 0) {
      throw failed(command, ended);
    }
    return ended.output();
  }

  static IOException failed(List<String> command, Ended ended) {
    return new IOException(
        String.join(" ", command)
            + " failed with exit code "
            + ended.code()
            + ": "
            + ended.output());
  }
}

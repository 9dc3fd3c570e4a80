package dev.obdbuild.backstore.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Another process that serves a device until its input ends or it is killed. It says the device's
 * node on a line, and then a line for each request that it will never answer.
 */
final class StallingProcess {
  private final Process process;
  private final BufferedReader lines;
  private final Path node;

  StallingProcess(Process process) throws IOException {
    this.process = process;
    this.lines = process.inputReader(UTF_8);
    this.node = Path.of(line());
  }

  private String line() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new IOException("the serving process has ended");
    }
    return line;
  }

  Path node() {
    return node;
  }

  /** Waits until one more request has come that is never answered. */
  void awaitStalled() throws IOException {
    String line = line();
    if (!line.startsWith("stalled")) {
      throw new IOException("unexpected line '" + line + "'");
    }
  }

  void kill() throws InterruptedException {
    var _ = process.destroyForcibly().waitFor();
  }

  /**
   * Has it take the device away and end.
   *
   * @return its exit code
   */
  int end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    return process.waitFor();
  }
}

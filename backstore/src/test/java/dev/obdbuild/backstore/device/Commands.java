package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs programs of the host. */
final class Commands {
  private Commands() {}

  /**
   * @return what it printed, both streams; an exit code other than 0 is an error that shows it
   */
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(List.of(command) + " ended with " + code + ": " + output);
    }
    return output;
  }
}

package dev.obdbuild.builder.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Starts this very command once more, in a session of its own, and waits until it says that it is
 * ready.
 */
final class Detached {

  /** What the process left behind prints when it serves. */
  static final String READY = "ready";

  private static final Set<String> DETACH = Set.of("-d", "--detach");

  private Detached() {}

  /**
   * Starts the process.
   *
   * @return 0 when it serves; else its own exit code
   */
  static int start() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("setsid"));
    String[] own = Files.readString(Path.of("/proc/self/cmdline")).split("\0");
    for (String argument : Arrays.asList(own)) {
      command.add(DETACH.contains(argument) ? "--detached" : argument);
    }
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.equals(READY)) {
          return ExitCode.SUCCESS;
        }
        System.out.println(line);
      }
    }
    return process.waitFor();
  }
}

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
 * ready. What it prints until then is printed here; afterwards it holds neither output, so that
 * whoever reads ours to its end is not kept waiting.
 */
final class Detached {

  /** What the process left behind prints when it serves. */
  private static final String READY = "ready";

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
            .start();
    Thread errors = Thread.ofPlatform().daemon().name("errors").start(() -> print(process));
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.equals(READY)) {
          errors.join();
          return ExitCode.SUCCESS;
        }
        System.out.println(line);
      }
    }
    errors.join();
    return process.waitFor();
  }

  private static void print(Process process) {
    try {
      process.getErrorStream().transferTo(System.err);
    } catch (IOException e) {
      // Our end or its own: its exit code tells.
      System.err.println("no more errors of process " + process.pid() + ": " + e);
    }
  }

  /** Tells whoever started this process that it serves, and leaves both outputs. */
  static void ready() {
    System.out.println(READY);
    System.out.close();
    System.err.close();
  }
}

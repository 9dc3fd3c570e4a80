package dev.obdbuild.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM with this one's class path: a process that tests may kill. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Runs {@code main}; its standard error goes to ours. */
  public static Process start(Class<?> main, String... arguments) throws IOException {
    return builder(main, arguments).start();
  }

  /** As above, with what it prints in a file, which is still there when the child is not. */
  public static Process startInto(Path output, Class<?> main, String... arguments)
      throws IOException {
    return builder(main, arguments).redirectOutput(output.toFile()).start();
  }

  /**
   * As above, started by another program.
   *
   * @param by that program's command, to which the child's own is appended
   */
  public static Process startBy(List<String> by, Path output, Class<?> main, String... arguments)
      throws IOException {
    ProcessBuilder builder = builder(main, arguments);
    builder.command().addAll(0, by);
    return builder.redirectOutput(output.toFile()).start();
  }

  private static ProcessBuilder builder(Class<?> main, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  /** The next line that the child prints. */
  public static String firstLine(Process child) throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (line == null) {
      throw new IOException("the child ended without a word");
    }
    return line;
  }

  /**
   * Ends it by SIGKILL. A process whose thread waits for its own device stays until the next sweep:
   * waiting for its end has an end.
   */
  public static void kill(Process child) throws InterruptedException {
    child.destroyForcibly();
    if (!child.waitFor(3, TimeUnit.SECONDS)) {
      System.out.println("killed process " + child.pid() + " cannot end by itself");
    }
  }
}

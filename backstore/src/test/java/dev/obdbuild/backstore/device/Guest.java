package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A user-mode Linux that runs one program; see {@code src/test/uml/run}. */
final class Guest {
  private static final Path RUN = Path.of("src/test/uml/run").toAbsolutePath();

  private Guest() {}

  /** Runs test classes; the guest's output is this process's. @return the exit status */
  static int run(int seconds, boolean staticDev, Class<?>... suites)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                RUN.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx600m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                GuestSuite.class.getName()));
    for (Class<?> suite : suites) {
      command.add(suite.getName());
    }
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("OBD_UML_SECONDS", Integer.toString(seconds));
    if (staticDev) {
      builder.environment().put("OBD_UML_STATIC_DEV", "1");
    }
    return builder.start().waitFor();
  }
}

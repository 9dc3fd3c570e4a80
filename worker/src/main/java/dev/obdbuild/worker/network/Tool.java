package dev.obdbuild.worker.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the host that set networks up. */
final class Tool {

  private static final long SECONDS = 30;

  private Tool() {}

  /** What a program said. */
  record Outcome(int code, String out, String err) {

    void check(List<String> command) throws IOException {
      if (code != 0) {
        throw new IOException(
            String.join(" ", command) + ": exit code " + code + ": " + (err + out).strip());
      }
    }
  }

  static Optional<Path> onPath(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    List<String> folders = new ArrayList<>(List.of(path.split(":")));
    folders.addAll(List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin"));
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a program to its end; what it says must fit a pipe. */
  static Outcome run(List<String> command, String input, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Path errors = Files.createTempFile("obd-network", ".err");
    try {
      Process process = builder.redirectError(errors.toFile()).start();
      try (var to = process.getOutputStream()) {
        to.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It need not read what it is given; its exit code says how it ended.
      }
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("no end of " + command.getFirst() + " after " + SECONDS + " s");
      }
      return new Outcome(process.exitValue(), out, Files.readString(errors));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + command.getFirst(), e);
    } finally {
      Files.delete(errors);
    }
  }
}

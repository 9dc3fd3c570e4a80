package dev.obdbuild.worker.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * An installed OCI runtime.
 *
 * @param name {@code crun} or {@code runc}
 * @param binary absolute path
 */
public record OciRuntime(String name, Path binary) {

  private static final Pattern RUNNING = Pattern.compile("\"status\"\\s*:\\s*\"running\"");
  private static final List<String> KNOWN = List.of("crun", "runc");

  /**
   * Looks for a runtime on the PATH.
   *
   * @param choice {@code auto} (crun if there, else runc), {@code crun} or {@code runc}
   * @throws IOException when there is none; the message says what to install
   */
  public static OciRuntime find(String choice) throws IOException {
    List<String> names = choice.equals("auto") ? KNOWN : List.of(choice);
    if (!KNOWN.containsAll(names)) {
      throw new IllegalArgumentException("runtime must be auto, crun or runc, not " + choice);
    }
    for (String name : names) {
      Optional<Path> found = onPath(name);
      if (found.isPresent()) {
        return new OciRuntime(name, found.get());
      }
    }
    throw new IOException(
        "no OCI runtime found (looked for "
            + String.join(", ", names)
            + "): install one with './obd-build setup'");
  }

  private static Optional<Path> onPath(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String dir : (path + ":/usr/sbin:/usr/bin:/sbin:/bin").split(":")) {
      Path candidate = Path.of(dir.isEmpty() ? "." : dir, name).toAbsolutePath();
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The command line of one call. */
  List<String> command(Path stateRoot, String... arguments) {
    List<String> out = new ArrayList<>(List.of(binary.toString(), "--root", stateRoot.toString()));
    if (name.equals("crun")) {
      // A user session's systemd is none of our business; crun would ask it.
      out.add("--cgroup-manager=cgroupfs");
    }
    out.addAll(List.of(arguments));
    return out;
  }

  /**
   * Kills a container and removes what the runtime keeps of it. Nothing happens when there is none.
   * Waits at most ten seconds.
   */
  public void delete(Path stateRoot, String id) throws IOException, InterruptedException {
    call(command(stateRoot, "delete", "--force", id));
  }

  /** Sends SIGKILL to a container's first process, and with it to all of them. */
  boolean kill(Path stateRoot, String id) throws IOException, InterruptedException {
    return call(command(stateRoot, "kill", id, "KILL"));
  }

  /** Whether a container's first process runs: made ready, started and not ended. */
  boolean isRunning(Path stateRoot, String id) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command(stateRoot, "state", id))
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String state = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 && RUNNING.matcher(state).find();
  }

  private static boolean call(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }
}

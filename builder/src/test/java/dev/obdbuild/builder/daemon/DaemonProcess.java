package dev.obdbuild.builder.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code obd-buildd} as a child process in a mount namespace of its own. A shell in that namespace
 * outlives it and writes down what is still mounted there.
 */
final class DaemonProcess {

  /** Exit code of a process that SIGTERM ended, in whatever order. */
  static final int TERMINATED = 143;

  private static final int SECONDS = 60;

  private static final String NAMESPACE =
      """
      [ ! -d /sys/fs/cgroup/unified ] || umount /sys/fs/cgroup/unified
      trap : TERM INT
      after=$1
      shift
      "$@"
      code=$?
      cat /proc/self/mountinfo > "$after"
      exit $code
      """;

  private final Process shell;
  private final Path log;
  private final Path after;

  private DaemonProcess(Process shell, Path log, Path after) {
    this.shell = shell;
    this.log = log;
    this.after = after;
  }

  /** Starts one; its log and the like go to {@code folder}. It listens when it has said so. */
  static DaemonProcess start(Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "daemon", ".log");
    Path after = folder.resolve("mounts-after");
    Files.deleteIfExists(after);
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "-m", "--propagation", "slave", "sh", "-c", NAMESPACE));
    command.addAll(List.of("sh", after.toString()));
    command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow"));
    for (String path : List.of("org.sqlite.lib.path", "jffi.boot.library.path")) {
      Optional.ofNullable(System.getProperty(path))
          .ifPresent(v -> command.add("-D" + path + "=" + v));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("dev.obdbuild.builder.cli.ObdBuildd");
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // What the tests' JVM was told is not meant for the daemon's.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new DaemonProcess(builder.start(), log, after);
  }

  /** Waits until it listens. */
  void awaitListening() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!log().contains(" listens on ")) {
      if (shell.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        throw new IOException("the daemon does not listen: " + log());
      }
    }
  }

  /** Everything it has printed. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** The JVM itself. */
  ProcessHandle jvm() {
    return shell.children().findFirst().orElseThrow();
  }

  boolean isAlive() {
    return shell.isAlive();
  }

  /** SIGTERM; the exit code. */
  int end() throws IOException, InterruptedException {
    jvm().destroy();
    return awaitEnd();
  }

  /** SIGKILL. */
  void kill() throws IOException, InterruptedException {
    jvm().destroyForcibly();
    awaitEnd();
  }

  /** Waits for an end that comes by itself; the exit code. */
  int awaitEnd() throws IOException, InterruptedException {
    if (!shell.waitFor(SECONDS, TimeUnit.SECONDS)) {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      throw new IOException("the daemon does not end: " + log());
    }
    return shell.exitValue();
  }

  /** What is mounted below a folder, in the daemon's namespace while it runs, else at its end. */
  List<String> mountsBelow(Path folder) throws IOException {
    Path table = isAlive() ? Path.of("/proc", Long.toString(jvm().pid()), "mountinfo") : after;
    try (Stream<String> lines = Files.lines(table)) {
      return lines.filter(line -> line.split(" ")[4].startsWith(folder + "/")).toList();
    }
  }
}

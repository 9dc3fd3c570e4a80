package dev.obdbuild.builder.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the launcher as a user would, with a state folder of its own. */
final class ObdBuildProcess {

  private static final int SECONDS = 180;

  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private int calls;

  /** Keeps state and outputs below an existing folder. */
  ObdBuildProcess(Path folder) {
    this.folder = folder;
  }

  /** What a call printed and how it ended. */
  record Ended(int code, String out, String err) {}

  ObdBuildProcess with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Path root() {
    return folder.resolve("state");
  }

  /** The top folder of the project. */
  static Path project() {
    return Path.of("").toAbsolutePath().resolveSibling("obd-build").getParent();
  }

  /** Runs it to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).await();
  }

  Running start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    // Whoever started the tests in the background ignores SIGINT, and so would a JVM.
    command.addAll(List.of("env", "--default-signal=INT"));
    // A session of its own: what it leaves behind can be told by it.
    command.addAll(List.of("setsid", project().resolve("obd-build").toString()));
    command.addAll(List.of("--root", root().toString()));
    command.addAll(List.of(arguments));
    File out = folder.resolve("out-" + ++calls).toFile();
    File err = folder.resolve("err-" + calls).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out)
            .redirectError(err);
    builder.environment().put("OBD_REBUILD", "never");
    builder.environment().putAll(environment);
    return new Running(builder.start(), out.toPath(), err.toPath());
  }

  /** A call that has not ended yet. */
  record Running(Process process, Path out, Path err) {

    Ended await() throws IOException, InterruptedException {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("no end after " + SECONDS + " s: " + Files.readString(err));
      }
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Waits until it has printed a text to standard error. */
    void awaitPrinted(String text) throws IOException, InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (!Files.readString(err).contains(text)) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
          throw new IOException("'" + text + "' was not printed: " + Files.readString(err));
        }
      }
    }

    void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }
  }
}

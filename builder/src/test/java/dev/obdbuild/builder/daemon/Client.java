package dev.obdbuild.builder.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Programs that a test runs, each with the same environment, their output kept in a folder. */
final class Client {

  private static final Duration USUAL_LIMIT = Duration.ofMinutes(4);

  private final Path folder;
  private final Map<String, String> environment;
  private final Duration limit;
  private final AtomicInteger calls;

  /** Runs programs with these variables over those of the test; {@code folder} exists. */
  Client(Path folder, Map<String, String> environment) {
    this(folder, environment, USUAL_LIMIT, new AtomicInteger());
  }

  private Client(
      Path folder, Map<String, String> environment, Duration limit, AtomicInteger calls) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
    this.limit = limit;
    this.calls = calls;
  }

  /** The same with one more variable. */
  Client with(String variable, String value) {
    Map<String, String> more = new TreeMap<>(environment);
    more.put(variable, value);
    return new Client(folder, more, limit, calls);
  }

  /** The same for calls that may take so long. */
  Client within(Duration longer) {
    return new Client(folder, environment, longer, calls);
  }

  /** How a call ended and what it printed. */
  record Ended(int code, String out, String err) {

    /** Itself, of a call that went well. */
    Ended ok() {
      if (code != 0) {
        throw new AssertionError("ended with " + code + ": " + err + out);
      }
      return this;
    }

    /** What it printed to standard error, of a call that failed. */
    String failure() {
      if (code == 0) {
        throw new AssertionError("went well: " + err + out);
      }
      return err;
    }
  }

  /** Runs a program to its end. */
  Ended run(String... command) throws IOException, InterruptedException {
    return start(command).await();
  }

  /** Runs a program to its end with a file as its standard input. */
  Ended runFrom(Path in, String... command) throws IOException, InterruptedException {
    return launch(in, command).await();
  }

  /** Makes a bare repository whose branch main has what is in a folder, in one commit. */
  void bareRepository(Path folder, Path repository) throws IOException, InterruptedException {
    run(
            "sh",
            "-c",
            """
            cd "$0" && git init -q -b main && git add . &&
            git -c user.name=t -c user.email=t@t commit -qm first && git clone -q --bare . "$1"
            """,
            folder.toString(),
            repository.toString())
        .ok();
  }

  Running start(String... command) throws IOException {
    return launch(Path.of("/dev/null"), command);
  }

  private Running launch(Path in, String... command) throws IOException {
    int call = calls.incrementAndGet();
    File out = folder.resolve("out-" + call).toFile();
    File err = folder.resolve("err-" + call).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command))
            .redirectInput(in.toFile())
            .redirectOutput(out)
            .redirectError(err);
    builder.environment().putAll(environment);
    return new Running(builder.start(), limit, out.toPath(), err.toPath());
  }

  /**
   * A call that has not ended yet.
   *
   * @param limit how long it may take
   */
  record Running(Process process, Duration limit, Path out, Path err) {

    Ended await() throws IOException, InterruptedException {
      if (!process.waitFor(limit)) {
        process.destroyForcibly();
        throw new IOException("no end after " + limit.toSeconds() + " s: " + printed());
      }
      return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Waits until it has printed a text. */
    void awaitPrinted(String text) throws IOException, InterruptedException {
      long end = System.nanoTime() + limit.toNanos();
      while (!printed().contains(text)) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
          throw new IOException("'" + text + "' was not printed: " + printed());
        }
      }
    }

    String printed() throws IOException {
      return Files.readString(err) + Files.readString(out);
    }
  }
}

package dev.obdbuild.worker.source.git;

import dev.obdbuild.linux.process.Signal;
import dev.obdbuild.solver.Cancellation;
import dev.obdbuild.solver.progress.OpProgress;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Runs git in a process group of its own, with an environment of its own. What git says on its
 * standard error is the vertex's log, without passwords.
 */
final class GitProcess {

  private static final Duration DEADLINE = Duration.ofMinutes(30);
  private static final int MOST_OUTPUT = 64 << 20;
  private static final int MOST_ERRORS = 64 << 10;

  /** The one that execs keeps its pid, which is that of the session and its group. */
  private static final List<String> PREFIX =
      List.of("setsid", "sh", "-c", "umask 022 && exec \"$@\"", "git");

  private final GitEnvironment environment;
  private final OpProgress progress;
  private final Cancellation cancellation;

  GitProcess(GitEnvironment environment, OpProgress progress, Cancellation cancellation) {
    this.environment = environment;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * How git ended.
   *
   * @param printed on its standard output
   */
  record Ended(int code, @SuppressWarnings("ArrayRecordComponent") byte[] printed, String errors) {
    String output() {
      return new String(printed, StandardCharsets.UTF_8);
    }
  }

  /**
   * Runs git and yields what it printed.
   *
   * @throws IOException with git's own words, when it fails
   */
  String run(Call call) throws IOException {
    return succeed(call).output();
  }

  /** The same as bytes, for what is no text. */
  byte[] read(Call call) throws IOException {
    return succeed(call).printed();
  }

  private Ended succeed(Call call) throws IOException {
    Ended ended = attempt(call);
    if (ended.code() != 0) {
      throw failed(call, ended);
    }
    return ended;
  }

  static IOException failed(Call call, Ended ended) {
    return new IOException(
        "git " + call.arguments().getFirst() + " failed: " + ended.errors().strip());
  }

  /**
   * One call of git.
   *
   * @param folder where it runs
   * @param variables added to its environment
   */
  record Call(Path folder, Map<String, String> variables, List<String> arguments) {
    static Call in(Path folder, String... arguments) {
      return new Call(folder, Map.of(), List.of(arguments));
    }
  }

  /** Runs git, whatever comes of it. */
  Ended attempt(Call call) throws IOException {
    return attempt(call, true);
  }

  /** Asks git something. That the answer is no is told to nobody. */
  boolean succeeds(Call call) throws IOException {
    return attempt(call, false).code() == 0;
  }

  private Ended attempt(Call call, boolean told) throws IOException {
    cancellation.throwIfCancelled();
    List<String> command = new ArrayList<>(PREFIX);
    command.add(program().toString());
    command.addAll(call.arguments());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(call.folder().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().clear();
    builder.environment().putAll(environment.variables());
    builder.environment().put("GIT_CEILING_DIRECTORIES", ceiling(call.folder()));
    builder.environment().putAll(call.variables());
    Process process = builder.start();
    try (Cancellation.Registration r = cancellation.onCancel(() -> kill(process))) {
      Ended ended = await(process, call, told);
      cancellation.throwIfCancelled();
      return ended;
    } finally {
      if (process.isAlive()) {
        kill(process);
      }
    }
  }

  /**
   * Keeps git from taking a repository around the builder's folders, such as a checkout, for its.
   */
  private static String ceiling(Path folder) {
    Path parent = folder.toAbsolutePath().getParent();
    return parent == null ? "/" : parent.toString();
  }

  private Ended await(Process process, Call call, boolean told) throws IOException {
    CompletableFuture<byte[]> output = new CompletableFuture<>();
    CompletableFuture<String> errors = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> complete(output, process.getInputStream(), GitProcess::all));
    Thread.ofVirtual()
        .start(() -> complete(errors, process.getErrorStream(), in -> errors(in, told)));
    try {
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        kill(process);
        throw new IOException(
            "git "
                + call.arguments().getFirst()
                + " did not end within "
                + DEADLINE.toMinutes()
                + " minutes");
      }
      // Helpers that stayed behind would hold our pipes and the folder.
      kill(process);
      return new Ended(process.exitValue(), output.get(), errors.get());
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git was running", e);
    } catch (ExecutionException e) {
      throw new IOException("what git says cannot be read: " + e.getMessage(), e);
    }
  }

  /** Takes in what a process prints. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(InputStream in) throws IOException;
  }

  private static <T> void complete(CompletableFuture<T> text, InputStream from, Reader<T> reader) {
    try (InputStream in = from) {
      text.complete(reader.read(in));
    } catch (IOException | RuntimeException e) {
      text.completeExceptionally(e);
    }
  }

  private static byte[] all(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_OUTPUT + 1);
    if (bytes.length > MOST_OUTPUT) {
      throw new IOException("git prints more than " + MOST_OUTPUT + " bytes");
    }
    return bytes;
  }

  /** Whole lines only, so that a password is never cut in two. */
  private String errors(InputStream in, boolean told) throws IOException {
    StringBuilder kept = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String shown = environment.redacted(line) + "\n";
        if (told) {
          progress.log(2, shown.getBytes(StandardCharsets.UTF_8));
        }
        if (kept.length() < MOST_ERRORS) {
          kept.append(shown);
        }
      }
    }
    return kept.toString();
  }

  /** By its handle, since a process that is destroyed loses what it has printed. */
  private static void kill(Process process) {
    boolean group;
    try {
      // False when the group is empty, or not there yet: then the one process is all there is.
      group = Signal.KILL.sendToGroup(process.pid());
    } catch (IOException e) {
      group = false;
    }
    if (!group && process.isAlive()) {
      var _ = process.toHandle().destroyForcibly();
    }
  }

  private static Path program() throws IOException {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    for (String folder : path.split(":")) {
      Path candidate = Path.of(folder.isEmpty() ? "." : folder, "git").toAbsolutePath();
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IOException("git sources need the program git, which is not installed here");
  }
}

package dev.obdbuild.worker.exec;

import dev.obdbuild.linux.process.Signal;
import dev.obdbuild.linux.terminal.PseudoTerminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that was started in a {@link Container}. Thread-safe. */
public final class RunningProcess {

  private static final int CHUNK = 32 << 10;
  private static final long POLL_MILLIS = 5;
  private static final int RESIZES = 2000;

  private final Process runtime;
  private final Path pidFile;
  private final @Nullable PseudoTerminal terminal;
  private final ProcessStreams streams;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private final Object typing = new Object();
  private volatile boolean terminalClosed;
  private int wantedRows;
  private int wantedColumns;

  private RunningProcess(
      Process runtime, Path pidFile, @Nullable PseudoTerminal terminal, ProcessStreams streams) {
    this.runtime = runtime;
    this.pidFile = pidFile;
    this.terminal = terminal;
    this.streams = streams;
  }

  /**
   * Starts a runtime in the foreground, in a session of its own.
   *
   * @param pidFile where the runtime writes which process it started
   */
  static RunningProcess start(
      List<String> command, Path pidFile, boolean terminal, ProcessStreams streams)
      throws IOException {
    PseudoTerminal made = terminal ? PseudoTerminal.open() : null;
    RunningProcess running;
    try {
      List<String> whole = new ArrayList<>(List.of("setsid"));
      if (made != null) {
        // The terminal is opened by the child, so that it becomes its own and not this process's.
        whole.addAll(List.of("sh", "-c", "exec \"$@\" <>\"$0\" >&0 2>&1", made.slave().toString()));
      }
      whole.addAll(command);
      running = new RunningProcess(new ProcessBuilder(whole).start(), pidFile, made, streams);
    } catch (IOException | RuntimeException e) {
      if (made != null) {
        made.close();
      }
      throw e;
    }
    running.watch();
    return running;
  }

  private void watch() {
    List<Thread> outputs = new ArrayList<>();
    List<IOException> broken = java.util.Collections.synchronizedList(new ArrayList<>());
    PseudoTerminal own = terminal;
    List<IOException> unread = new ArrayList<>(); // a process need not read what it is given
    if (own != null) {
      Source typed = streams.stdin()::read;
      thread("stdin", () -> typed.copy(this::type), unread);
      outputs.add(thread("terminal", () -> print(own::read, streams.stdout()), broken));
    } else {
      thread("stdin", this::feed, unread);
      InputStream out = runtime.getInputStream();
      InputStream err = runtime.getErrorStream();
      outputs.add(thread("stdout", () -> print(out::read, streams.stdout()), broken));
      outputs.add(thread("stderr", () -> print(err::read, streams.stderr()), broken));
    }
    Thread.ofPlatform().name("container-process").daemon().start(() -> finish(outputs, broken));
  }

  private void finish(List<Thread> outputs, List<IOException> broken) {
    try {
      int code = runtime.waitFor();
      if (terminal != null) {
        terminal.hangUp();
      }
      for (Thread output : outputs) {
        output.join();
      }
      try (InputStream in = streams.stdin();
          OutputStream out = streams.stdout();
          OutputStream err = streams.stderr()) {
        out.flush();
        err.flush();
      }
      closeTerminal();
      if (broken.isEmpty()) {
        end.complete(code);
      } else {
        end.completeExceptionally(broken.getFirst());
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  /** Copies of the streams' ends: where bytes come from, and where they go. */
  @FunctionalInterface
  private interface Source {
    int read(byte[] into) throws IOException;

    default void copy(Target to) throws IOException {
      byte[] buffer = new byte[CHUNK];
      for (int n = read(buffer); n >= 0; n = read(buffer)) {
        to.write(buffer, n);
      }
    }
  }

  @FunctionalInterface
  private interface Target {
    void write(byte[] from, int length) throws IOException;
  }

  @FunctionalInterface
  private interface Copying {
    void run() throws IOException;
  }

  private static Thread thread(String stream, Copying copying, List<IOException> broken) {
    return Thread.ofPlatform()
        .name("container-" + stream)
        .daemon()
        .start(
            () -> {
              try {
                copying.run();
              } catch (IOException e) {
                broken.add(e);
              }
            });
  }

  private void feed() throws IOException {
    try (OutputStream to = runtime.getOutputStream()) {
      Source from = streams.stdin()::read;
      from.copy(
          (buffer, n) -> {
            to.write(buffer, 0, n);
            to.flush();
          });
    }
  }

  /** Goes on reading when nobody takes the bytes, or the process would wait for ever. */
  private static void print(Source from, OutputStream to) throws IOException {
    List<IOException> broken = new ArrayList<>();
    from.copy(
        (buffer, n) -> {
          if (broken.isEmpty()) {
            try {
              to.write(buffer, 0, n);
              to.flush();
            } catch (IOException e) {
              broken.add(e);
            }
          }
        });
    if (!broken.isEmpty()) {
      throw broken.getFirst();
    }
  }

  /**
   * Waits for its end and that of its output.
   *
   * @return the exit code; 128 + n when signal n ended it
   * @throws IOException when its output could not be handed on
   */
  public int await() throws IOException, InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IOException("process in a container: " + e.getMessage(), e);
    }
  }

  /** Whether it, or the runtime that makes it, still runs. */
  boolean isAlive() {
    return runtime.isAlive();
  }

  boolean hasEndedWithin(long millis) throws InterruptedException {
    return runtime.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** Kills the runtime in front of it. */
  void destroy() {
    runtime.destroyForcibly();
  }

  /**
   * Sends it a signal; waits until there is a process. Nothing happens when it has ended.
   *
   * @throws IOException when the signal cannot be sent
   */
  public void signal(Signal signal) throws IOException, InterruptedException {
    while (!hasEndedWithin(POLL_MILLIS)) {
      OptionalLong pid = pid();
      if (pid.isPresent()) {
        var _ = signal.send(pid.getAsLong());
        return;
      }
    }
  }

  /** Sets the size of its terminal. Nothing happens without one, or when the process has ended. */
  public synchronized void resize(int rows, int columns) throws IOException {
    if (terminal != null && !terminalClosed) {
      terminal.resize(rows, columns);
      wantedRows = rows;
      wantedColumns = columns;
      // Not every runtime hands a new size on (crun 1.8 does not), and none that is still at work.
      Thread.ofVirtual().name("container-resize").start(this::resizeInside);
    }
  }

  private void resizeInside() {
    try {
      // A process may have put something else in its terminal's place: it is not asked for ever.
      for (int tries = 0; tries < RESIZES && !hasEndedWithin(POLL_MILLIS); tries++) {
        OptionalLong pid = pid();
        synchronized (this) {
          if (pid.isPresent()
              && PseudoTerminal.resizeOf(pid.getAsLong(), wantedRows, wantedColumns)) {
            return;
          }
        }
      }
    } catch (IOException e) {
      end.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process itself, once the runtime has said which it is. */
  private OptionalLong pid() throws IOException {
    String text = Files.exists(pidFile) ? Files.readString(pidFile).strip() : "";
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
  }

  private void type(byte[] from, int length) throws IOException {
    synchronized (typing) {
      if (terminal == null || terminalClosed) {
        throw new IOException("the process has ended");
      }
      terminal.write(from, length);
    }
  }

  private void closeTerminal() throws IOException {
    synchronized (typing) {
      synchronized (this) {
        if (terminal != null) {
          terminalClosed = true;
          terminal.close();
        }
      }
    }
  }
}
